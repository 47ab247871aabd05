using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using Realtime.Hosting.Configuration;
using Realtime.Hosting.Health;
using Realtime.Hosting.Identity;
using Realtime.Hosting.Processes;
using Realtime.Tests.Hosting.Identity;

namespace Realtime.Tests.Hosting.Processes;

public sealed class HostRunnerTests : IDisposable
{
    private static readonly string[] Keys =
        ["--connection_plane:auth:signing_key", TestTokens.Key, "--connection_plane:internal_keys", TestTokens.Key];

    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    [Fact]
    public async Task A_process_that_is_told_to_end_ends_well()
    {
        int code = await RunAsync(args =>
        {
            WebApplication app = Build(args);
            app.Lifetime.ApplicationStarted.Register(app.Lifetime.StopApplication);
            return app;
        });

        Assert.Equal((HostRunner.Ended, ""), (code, _errors.ToString()));
    }

    [Fact]
    public async Task A_wrong_configuration_is_told_whole_before_anything_starts()
    {
        bool started = false;
        int code = await RunAsync(
            args =>
            {
                WebApplication app = Build(args);
                app.Lifetime.ApplicationStarted.Register(() => started = true);
                return app;
            },
            "--connection_plane:sesion_ttl_seconds", "5", "--telemetry:log_format", "xml");

        Assert.Equal((HostRunner.Misconfigured, false), (code, started));
        Assert.Equal(
            "The configuration has 2 error(s):\n"
                + "  connection_plane:sesion_ttl_seconds = 5 (command line): is not a known key; "
                + "did you mean session_ttl_seconds?\n"
                + "  telemetry:log_format = xml (command line): must be one of text, json; "
                + "write for example log_format: text, the default\n",
            _errors.ToString());
        Assert.Equal("", _output.ToString());
    }

    [Fact]
    public async Task Options_needed_while_building_are_refused_alike()
    {
        int code = await RunAsync(
            args =>
            {
                WebApplication app = Build(args);
                _ = app.Services.GetRequiredService<TokenVerifier>();
                return app;
            },
            "--connection_plane:nonsense", "5");

        Assert.Equal(HostRunner.Misconfigured, code);
        Assert.Contains("connection_plane:nonsense", _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_is_run_otherwise_checks_its_configuration_too()
    {
        await using WebApplication app = Build([.. Keys, "--connection_plane:nonsense", "5"]);

        ConfigurationErrorException error =
            await Assert.ThrowsAsync<ConfigurationErrorException>(() => app.StartAsync());
        Assert.Equal("connection_plane:nonsense", Assert.Single(error.Errors).Key);
    }

    [Fact]
    public async Task An_address_in_use_is_told()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        string address = $"http://{taken.LocalEndpoint}";

        int code = await RunAsync(args =>
        {
            WebApplication app = Build(args);
            app.Urls.Clear();
            app.Urls.Add(address);
            return app;
        });

        Assert.Equal(HostRunner.Failed, code);
        Assert.Contains(address, _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_lists_every_key()
    {
        int code = await RunAsync(_ => throw new InvalidOperationException("not to be built"), "--help");

        Assert.Equal(HostRunner.Ended, code);
        string[] lines = _output.ToString().Split('\n', StringSplitOptions.TrimEntries);
        Assert.NotEmpty(KnownKeys.Read());
        Assert.All(KnownKeys.Read(), key => Assert.Contains(key.ToString(), lines));
    }

    [Fact]
    public async Task A_process_has_its_basics()
    {
        await using WebApplication app =
            Build([.. Keys, "--connection_plane:shutdown_timeout", "7s", "--telemetry:log_format", "json"]);

        IServiceProvider services = app.Services;
        Assert.Equal(TimeSpan.FromSeconds(7), Read<HostOptions>().ShutdownTimeout);
        Assert.Equal(300, Read<ConnectionPlaneOptions>().SessionTtlSeconds);
        Assert.False(Read<KestrelServerOptions>().AddServerHeader);
        Assert.Same(TimeProvider.System, services.GetRequiredService<TimeProvider>());
        Assert.NotEmpty(services.GetServices<IReadinessCheck>());
        ConsoleLoggerOptions console = Read<ConsoleLoggerOptions>();
        Assert.Equal(LogLevel.Trace, console.LogToStandardErrorThreshold);
        Assert.Equal(ConsoleFormatterNames.Json, console.FormatterName);

        T Read<T>()
            where T : class => services.GetRequiredService<IOptions<T>>().Value;
    }

    [Theory]
    [InlineData("debug", "Realtime.Workers.Tail", LogLevel.Debug, true)]
    [InlineData("information", "Realtime.Workers.Tail", LogLevel.Debug, false)]
    [InlineData("trace", "Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Information, false)]
    [InlineData("trace", "Yarp.ReverseProxy.Forwarder.HttpForwarder", LogLevel.Information, false)]
    [InlineData("trace", "System.Net.Http.HttpClient", LogLevel.Information, false)]
    [InlineData("information", "Microsoft.AspNetCore.Server.Kestrel", LogLevel.Warning, true)]
    [InlineData("error", "Microsoft.AspNetCore.Server.Kestrel", LogLevel.Warning, false)]
    [InlineData("trace", "Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Error, false)]
    [InlineData("error", "Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical, true)]
    public async Task Frameworks_do_not_log_requests(string level, string category, LogLevel entry, bool expected)
    {
        await using WebApplication app = Build([.. Keys, "--telemetry:log_level", level]);

        Assert.Equal(
            expected, app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(category).IsEnabled(entry));
    }

    public void Dispose()
    {
        _output.Dispose();
        _errors.Dispose();
    }

    private static WebApplication Build(string[] args)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.AddRealtimeProcess(args);
        builder.Services.AddRealtimeIdentity();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication app = builder.Build();
        app.MapHealth();
        return app;
    }

    private Task<int> RunAsync(Func<string[], WebApplication> build, params string[] args) =>
        HostRunner.RunAsync([.. Keys, .. args], build, _output, _errors);
}
