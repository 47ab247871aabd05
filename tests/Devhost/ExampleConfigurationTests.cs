using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Realtime.Edge;
using Realtime.Hosting.Configuration;
using Realtime.Tests.Support;
using Realtime.Workers;

namespace Realtime.Tests.Devhost;

/// <summary>
/// <c>infra/realtime.yaml</c> is one file for all processes: both accept it, once the secrets are given.
/// </summary>
public class ExampleConfigurationTests
{
    private static readonly string Example = Path.Combine(Repository.Root, "infra", "realtime.yaml");

    private static readonly string[] Secrets =
    [
        "--connection_plane:auth:signing_key", "a-signing-key-of-32-bytes-or-more",
        "--connection_plane:internal_keys:0", "an-internal-key-of-32-bytes-or-more",
        "--connection_plane:edge:admin_token", "an-admin-token-of-an-example",
        "--event_plane:redis:password", "secret",
    ];

    [Fact]
    public async Task Edge_and_worker_accept_it()
    {
        await using WebApplication edge = EdgeHost.Build(["--config", Example, .. Secrets]);
        await using WebApplication worker = WorkerHost.Build(["--config", Example, .. Secrets]);

        Assert.Empty(Errors(edge));
        Assert.Empty(Errors(worker));
    }

    [Fact]
    public void Without_secrets_a_start_is_refused_and_says_what_to_set()
    {
        ConfigurationErrorException refused =
            Assert.Throws<ConfigurationErrorException>(() => WorkerHost.Build(["--config", Example]));

        Assert.Contains("connection_plane:auth:signing_key", refused.Message);
        Assert.Contains("connection_plane:internal_keys", refused.Message);
    }

    private static ImmutableArray<ConfigurationError> Errors(WebApplication host) =>
        ((CheckedConfiguration)host.Services.GetService(typeof(CheckedConfiguration))!).Errors;
}
