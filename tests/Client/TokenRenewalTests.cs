using System.Collections.Concurrent;
using Realtime.Client;
using Realtime.Tests.Support;

namespace Realtime.Tests.Client;

/// <summary>A token that ends soon is followed by another one, on the connection that stands.</summary>
public sealed class TokenRenewalTests : IAsyncLifetime
{
    // What the server's `welcome` says that it is.
    private const long Now = 1795230320703;

    private readonly ConcurrentQueue<ServerNotice> _notices = [];
    private ConnectionScene _scene = null!;
    private ScriptedSocket _socket = null!;

    public async Task InitializeAsync()
    {
        _scene = await ConnectionScene.StartAsync();
        _scene.Client.NoticeReceived += (_, notice) => _notices.Enqueue(notice);
        _socket = await _scene.ConnectAsync(heartbeatMs: 3_600_000);
    }

    public Task DisposeAsync() => _scene.DisposeAsync().AsTask();

    [Fact]
    public async Task A_fresh_one_is_shown_in_time_and_the_connection_goes_on()
    {
        await ExpiringAsync();
        TimeSpan wait = await WaitsAsync(15, 30);
        await ExpiringAsync();
        await PongAsync();
        _scene.Clock.Advance(wait);
        Assert.Equal("token-2", await ShownAsync());
        Assert.Equal(
            [new TokenAttempt(1, false), new TokenAttempt(1, false) { IsExpiring = true }], _scene.Asked);

        // However often it was told of the first. When the fresh one ends too it is told of that, later.
        const long end = Now + 130_000;
        await _socket.SayAsync($$"""{"op":"authenticated","expires_at":{{end}}}""");
        await PongAsync();
        await _socket.SayAsync($$"""{"op":"expiring","expires_at":{{end}}}""");
        await PassAsync(24, 60);
        Assert.Equal("token-3", await ShownAsync());

        // Or in the same breath, and though it ends no later than the one before.
        await _socket.SayAsync(
            $$"""[{"op":"authenticated","expires_at":{{end}}},{"op":"expiring","expires_at":{{end}}}]""");
        await PassAsync(10, 46);
        Assert.Equal("token-4", await ShownAsync());
        Assert.Equal((1, 4), (_scene.Edge.Handshakes, _scene.Asked.Count));
        Assert.Empty(_notices);
    }

    [Fact]
    public async Task It_is_asked_for_again_with_delays_while_the_callback_fails_or_gives_what_is_of_no_use()
    {
        _scene.Token = static number => number switch
        {
            2 or 3 => throw new InvalidOperationException("no vault"),
            4 => "token-1",
            6 => throw new InvalidOperationException("no vault"),
            _ => $"token-{number}",
        };
        await ExpiringAsync();
        await PassAsync(15, 30);
        await PassAsync(0.25, 0.5);
        await PassAsync(0.5, 1);
        await PassAsync(1, 2);
        Assert.Equal("token-5", await ShownAsync());
        Assert.Equal([1, 2, 3, 4], _scene.Asked.Skip(1).Select(attempt => attempt.Number));
        Assert.Equal([false, false, false, true], _scene.Asked.Skip(1).Select(attempt => attempt.WasRefused));

        // Each kind of failure is told once in a row.
        ServerNotice notice = Assert.Single(_notices);
        Assert.Equal(ClientErrorCodes.TokenFailed, notice.Code);
        Assert.Contains("no vault", notice.Detail);

        // The next time, it begins anew.
        const long end = Now + 130_000;
        await _socket.SayAsync(
            $$"""[{"op":"authenticated","expires_at":{{end}}},{"op":"expiring","expires_at":{{end}}}]""");
        await PassAsync(23, 60);
        await PassAsync(0.25, 0.5);
        Assert.Equal("token-7", await ShownAsync());
        Assert.Equal([1, 2], _scene.Asked.Skip(5).Select(attempt => attempt.Number));
        Assert.Equal(2, _notices.Count);
    }

    [Fact]
    public async Task A_refused_one_is_not_shown_again_and_the_connection_goes_on()
    {
        _scene.Token = static number => number switch { 1 => "token-1", 2 or 3 => "token-2", _ => "token-4" };
        await ExpiringAsync();
        await PassAsync(15, 30);
        Assert.Equal("token-2", await ShownAsync());
        await RefuseAsync("forbidden", retry: false);
        await PassAsync(0.25, 0.5);
        await PassAsync(0.5, 1);
        Assert.Equal("token-4", await ShownAsync());
        Assert.Equal(["forbidden", ClientErrorCodes.TokenFailed], _notices.Select(notice => notice.Code));
        Assert.Equal([false, true, true], _scene.Asked.Skip(1).Select(attempt => attempt.WasRefused));
        Assert.Equal(1, _scene.Edge.Handshakes);

        // What it lives by now is what the next refusal is about.
        await _socket.SayAsync($$"""{"op":"authenticated","expires_at":{{Now + 3_600_000}}}""");
        await PongAsync();
        await _socket.CloseAsync(4401, "token_revoked");
        await _scene.PassAsync();
        await _scene.ClosedAsync("unauthorized", closeCode: null);
        Assert.Equal(1, _scene.Edge.Handshakes);
    }

    [Fact]
    public async Task One_that_the_server_could_not_judge_is_shown_again_and_not_asked_for_anew()
    {
        await ExpiringAsync();
        await PassAsync(15, 30);
        Assert.Equal("token-2", await ShownAsync());
        await RefuseAsync("auth_unavailable", retry: true);
        await PassAsync(0.25, 0.5);
        Assert.Equal("token-2", await ShownAsync());
        Assert.Equal(2, _scene.Asked.Count);
    }

    [Fact]
    public async Task A_callback_that_never_answers_is_asked_anew_and_is_left_with_the_connection()
    {
        var hung = new TaskCompletionSource<string>();
        int asked = 0;
        RealtimeClientOptions options = _scene.Edge.Options with
        {
            TimeProvider = _scene.Clock,
            Token = (_, _) => ++asked == 1 ? ValueTask.FromResult("token-1") : new ValueTask<string>(hung.Task),
        };
        await using var client = new RealtimeClient(options);
        client.NoticeReceived += (_, notice) => _notices.Enqueue(notice);
        Task connecting = client.ConnectAsync();
        ScriptedSocket socket = await _scene.Edge.AcceptAsync();
        await socket.WelcomeAsync(3_600_000);
        await connecting;
        await ExpiringAsync(socket);
        await PassAsync(15, 30);
        await PassAsync(10, 10);
        await Eventually.TrueAsync("it is asked again", () => asked == 3);
        Assert.Equal(ClientErrorCodes.Timeout, Assert.Single(_notices).Code);

        // Nothing waits for it.
        await client.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task One_that_never_changes_can_only_be_told_of()
    {
        await using var client = new RealtimeClient(_scene.Edge.Options with { TimeProvider = _scene.Clock });
        client.NoticeReceived += (_, notice) => _notices.Enqueue(notice);
        Task connecting = client.ConnectAsync();
        ScriptedSocket socket = await _scene.Edge.AcceptAsync();
        await socket.WelcomeAsync(3_600_000);
        await connecting;
        await ExpiringAsync(socket);
        ServerNotice told = await Eventually.FindAsync("it is told", () => _notices.FirstOrDefault());
        Assert.Equal((ClientErrorCodes.TokenExpiring, false), (told.Code, told.Retry));
        Assert.Contains("2026-11-21 03:06:20Z", told.Detail);

        await PongAsync(socket);
    }

    private Task ExpiringAsync(ScriptedSocket? socket = null) =>
        (socket ?? _socket).SayAsync($$"""{"op":"expiring","expires_at":{{Now + 60_000}}}""");

    private Task RefuseAsync(string code, bool retry)
    {
        string again = retry ? "true" : "false";
        return _socket.SayAsync(
            $$"""{"op":"error","request":"auth","code":"{{code}}","detail":"why","retry":{{again}}}""");
    }

    // What was said before is taken.
    private async Task PongAsync(ScriptedSocket? socket = null)
    {
        socket ??= _socket;
        await socket.SayAsync("""{"op":"ping","nonce":"1"}""");
        Assert.Equal("pong", (await socket.HearAsync())["op"]!.GetValue<string>());
    }

    private async Task<string> ShownAsync()
    {
        var message = await _socket.HearAsync();
        Assert.Equal("auth", message["op"]!.GetValue<string>());
        return message["token"]!.GetValue<string>();
    }

    // A wait of so many seconds has begun, and is over.
    private async Task PassAsync(double from, double to) => _scene.Clock.Advance(await WaitsAsync(from, to));

    private async Task<TimeSpan> WaitsAsync(double from, double to)
    {
        TimeSpan wait = TimeSpan.Zero;
        await Eventually.TrueAsync(
            $"it waits {from} s to {to} s",
            () => (wait = _scene.Clock.Waits.FirstOrDefault(
                one => one.TotalSeconds >= from - 0.001 && one.TotalSeconds <= to)) > TimeSpan.Zero,
            detail: () => string.Join(' ', _scene.Clock.Waits));
        return wait;
    }
}
