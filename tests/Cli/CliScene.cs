using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Realtime.Tests.EndToEnd;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cli;

/// <summary>
/// A real edge and worker, a proxy between them and the tool that can break, and a tenant of this test.
/// </summary>
internal sealed class CliScene : IAsyncDisposable
{
    private readonly RealtimeSystem _system;
    private readonly string _tenant;

    private CliScene(SharedSystem shared)
    {
        _system = shared.System;
        _tenant = shared.NewTenant();
        Proxy = new TcpFaultProxy(_system.Edge().Port);
        Environment = new Dictionary<string, string>
        {
            ["REALTIME_URL"] = $"https://127.0.0.1:{Proxy.Port}",
            ["REALTIME_CA"] = _system.CertificateFile,
            ["REALTIME_TOKEN"] = Token(),
        };
    }

    public TcpFaultProxy Proxy { get; }

    /// <summary>What the tool finds in its environment.</summary>
    public Dictionary<string, string> Environment { get; }

    public string SigningKey => _system.SigningKey;

    public string Token(
        string scope = "read:* publish:*", string subject = "tester", TimeSpan? lifetime = null) =>
        _system.Token(scope, _tenant, subject, lifetime);

    /// <summary>The sessions of the tenant's viewers, as the worker knows them.</summary>
    public async Task<string[]> SessionsAsync()
    {
        using HttpClient admin = _system.CreateAdminClient();
        JsonElement answer = await admin.GetFromJsonAsync<JsonElement>($"admin/connections?tenant={_tenant}");
        return [.. answer.GetProperty("connections").EnumerateArray()
            .Select(one => one.GetProperty("session").GetString()!)];
    }

    /// <summary>Refuses the tokens of a subject, as an operator does.</summary>
    public async Task RevokeAsync(string subject)
    {
        using HttpClient admin = _system.CreateAdminClient();
        using HttpResponseMessage answer = await admin.PostAsync(
            $"admin/revocations?tenant={_tenant}&subject={subject}", null);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Makes one.</summary>
    public static CliScene On(SharedSystem shared) => new(shared);

    /// <summary>Runs the tool to its end, without input.</summary>
    public Task<CliRun> RunAsync(params string[] arguments) => CliRun.RunAsync(Environment, null, arguments);

    /// <summary>Runs the tool to its end.</summary>
    public Task<CliRun> RunAsync(byte[] input, params string[] arguments) =>
        CliRun.RunAsync(Environment, input, arguments);

    /// <summary>Starts the tool.</summary>
    public CliRun Start(params string[] arguments) => CliRun.Start(Environment, arguments);

    /// <summary>Starts the tool as shells start what they put into the background.</summary>
    public CliRun StartInBackground(params string[] arguments) => CliRun.StartInBackground(Environment, arguments);

    /// <summary>Starts lines of bash; <c>$RT</c> is the tool.</summary>
    public CliRun StartScript(string script) => CliRun.StartScript(Environment, script);

    /// <summary>Runs lines of bash to their end; <c>$RT</c> is the tool.</summary>
    public Task<CliRun> RunScriptAsync(string script) => CliRun.RunScriptAsync(Environment, script);

    /// <summary>A client that goes past the proxy.</summary>
    public HttpClient CreateClient() => _system.CreateClient(Token());

    /// <summary>A viewer of a terminal, past the proxy.</summary>
    public Task<Conversation> WatchAsync(string task) =>
        Conversation.OpenAsync(_system, $"/ws/terminal/{task}", Token("read:*"));

    /// <summary>A viewer of events, past the proxy.</summary>
    public Task<Conversation> WatchEventsAsync(string query) =>
        Conversation.OpenAsync(_system, $"/ws/agents{query}", Token("read:*"));

    /// <summary>A terminal's bytes and exit code, past the proxy; null if there is none.</summary>
    public async Task<(byte[] Bytes, int? ExitCode)?> TerminalAsync(string task)
    {
        using HttpClient client = CreateClient();
        using HttpResponseMessage answer = await client.GetAsync($"v1/tasks/{task}/terminal?from=start");
        if (answer.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        answer.EnsureSuccessStatusCode();
        int? exitCode = answer.Headers.TryGetValues("Realtime-Exit-Code", out IEnumerable<string>? values)
            ? int.Parse(values.Single())
            : null;
        return (await answer.Content.ReadAsByteArrayAsync(), exitCode);
    }

    /// <summary>The same as text.</summary>
    public async Task<string> TextAsync(string task) =>
        await TerminalAsync(task) is { } terminal ? Encoding.UTF8.GetString(terminal.Bytes) : string.Empty;

    public ValueTask DisposeAsync() => Proxy.DisposeAsync();
}
