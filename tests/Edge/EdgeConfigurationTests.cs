using System.Reflection;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Realtime.Edge;
using Realtime.Edge.Admin;
using Realtime.Edge.Tls;
using Realtime.Hosting.Configuration;

namespace Realtime.Tests.Edge;

/// <summary>What an edge refuses to start with, and the certificate that it makes for development.</summary>
public sealed class EdgeConfigurationTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("edge-configuration").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Everything_that_is_wrong_is_told_at_once()
    {
        ConfigurationErrorException error = Assert.Throws<ConfigurationErrorException>(() => Build(new()
        {
            ["connection_plane:edge:listen"] = "http://0.0.0.0:80",
            ["connection_plane:edge:admin_token"] = "short",
            ["connection_plane:edge:workers:0:id"] = "w1",
            ["connection_plane:edge:workers:0:address"] = "ftp://nowhere",
            ["connection_plane:edge:affinity:load_bound"] = "0.5",
        }));

        string[] keys = [.. error.Errors.Select(e => e.Key)];
        Assert.Contains("connection_plane:edge:listen", keys);
        Assert.Contains("connection_plane:edge:admin_token", keys);
        Assert.Contains("connection_plane:edge:workers:0:address", keys);
        Assert.Contains("connection_plane:edge:affinity:load_bound", keys);
        Assert.Contains("connection_plane:edge:tls:certificate_file", keys);
        Assert.DoesNotContain("short", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_edges_of_one_host_have_two_names_by_default_and_each_keeps_its_own()
    {
        var one = new EdgeOptions();
        var other = new EdgeOptions();

        Assert.NotEqual(one.EdgeId, other.EdgeId);
        Assert.Equal(one.EdgeId, one.EdgeId);
        Assert.StartsWith($"edge-{Environment.MachineName}-", one.EdgeId, StringComparison.Ordinal);
        Assert.Equal("e7", new EdgeOptions { Id = "e7" }.EdgeId);
    }

    [Theory]
    [InlineData("admin_token", "change-me-change-me", false)]
    [InlineData("admin_token", "aaaaaaaaaaaaaaaaaaaaaaaa", false)]
    [InlineData("admin_token", "change-me-change-me", true)]
    [InlineData("admin_token_file", "change-me-change-me", false)]
    [InlineData("admin_token_file", "change-me-change-me", true)]
    public void A_token_of_operators_that_everybody_knows_is_for_development(string key, string token, bool development)
    {
        string file = Path.Combine(_directory, "admin.token");
        File.WriteAllText(file, token + "\n");
        Dictionary<string, string?> values = new()
        {
            [$"connection_plane:edge:{key}"] = key == "admin_token" ? token : file,
            ["connection_plane:edge:workers:0:id"] = "w1",
            ["connection_plane:edge:workers:0:address"] = "http://127.0.0.1:1",
            ["connection_plane:edge:tls:development_certificate"] = "true",
            ["connection_plane:edge:tls:development_certificate_file"] = Path.Combine(_directory, "edge.pem"),
            ["connection_plane:auth:signing_key"] = EdgeUnderTest.SigningKey,
            ["connection_plane:internal_keys:0"] = EdgeUnderTest.InternalKey,
            ["connection_plane:development"] = development ? "true" : null,
        };
        if (development)
        {
            using WebApplication edge = Build(values);
            Assert.NotNull(edge.Services.GetRequiredService<AdminToken>());
            return;
        }

        ConfigurationErrorException error = Assert.Throws<ConfigurationErrorException>(() =>
        {
            using WebApplication edge = Build(values);
            _ = edge.Services.GetRequiredService<AdminToken>();
        });
        Assert.Equal($"connection_plane:edge:{key}", Assert.Single(error.Errors).Key);
        Assert.Contains("connection_plane:development: true", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(token, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://127.0.0.1:8443", "127.0.0.1:8443")]
    [InlineData("HTTPS://localhost:0/", "127.0.0.1:0")]
    [InlineData("https://*:443", "[::]:443")]
    [InlineData("https://[::1]:8443", "[::1]:8443")]
    public void Addresses_to_listen_on(string text, string endPoint)
    {
        Assert.True(ListenAddress.TryParse(text, out var parsed));
        Assert.Equal(endPoint, parsed.ToString());
    }

    [Theory]
    [InlineData("http://127.0.0.1:80")]
    [InlineData("https://127.0.0.1")]
    [InlineData("https://127.0.0.1:65536")]
    [InlineData("https://example.org:443")]
    [InlineData("https://:443")]
    [InlineData("")]
    public void Addresses_not_to_listen_on(string text) => Assert.False(ListenAddress.TryParse(text, out _));

    [Fact]
    public void The_development_certificate_is_the_owners_alone_and_kept_while_it_is_good()
    {
        string file = Path.Combine(_directory, "deep", "edge.pem");
        DevelopmentCertificate.Ensure(file, TimeProvider.System);
        string first = File.ReadAllText(file);
        DevelopmentCertificate.Ensure(file, TimeProvider.System);

        Assert.Equal(first, File.ReadAllText(file));
        Assert.DoesNotContain("PRIVATE", first, StringComparison.Ordinal);
        string[] files = Directory.GetFiles(Path.GetDirectoryName(file)!);
        Assert.Equal(2, files.Length);
        if (!OperatingSystem.IsWindows())
        {
            UnixFileMode[] modes = [.. files.Select(File.GetUnixFileMode).Distinct()];
            Assert.Equal([UnixFileMode.UserRead | UnixFileMode.UserWrite], modes);
        }

        using var certificate = X509CertificateLoader.LoadCertificateFromFile(file);
        Assert.True(certificate.MatchesHostname("localhost"));
        Assert.True(certificate.MatchesHostname("127.0.0.1"));

        File.WriteAllText(DevelopmentCertificate.KeyFileOf(file), "spoilt");
        DevelopmentCertificate.Ensure(file, TimeProvider.System);
        Assert.NotEqual(first, File.ReadAllText(file));
    }

    [Fact]
    public void The_edge_knows_nothing_of_the_log_or_of_Redis()
    {
        var references = new Queue<Assembly>([typeof(EdgeHost).Assembly]);
        var seen = new HashSet<string>();
        while (references.TryDequeue(out Assembly? assembly))
        {
            foreach (AssemblyName name in assembly.GetReferencedAssemblies().Where(n => seen.Add(n.Name!)))
            {
                if (name.Name!.StartsWith("Realtime.", StringComparison.Ordinal))
                {
                    references.Enqueue(Assembly.Load(name));
                }
            }
        }

        Assert.Contains("Realtime.Hosting", seen);
        Assert.DoesNotContain("Realtime.Log", seen);
        Assert.DoesNotContain("Realtime.Workers", seen);
        Assert.DoesNotContain(seen, name => name.Contains("Redis", StringComparison.OrdinalIgnoreCase));
    }

    private static WebApplication Build(Dictionary<string, string?> values) =>
        EdgeHost.Build([], builder => builder.Configuration.AddInMemoryCollection(values));
}
