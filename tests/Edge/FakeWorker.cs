using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Realtime.Hosting.Health;
using Realtime.Hosting.Identity;
using Realtime.Tests.Support;

namespace Realtime.Tests.Edge;

/// <summary>A worker of a few lines on a real socket: it remembers what it saw, and misbehaves on demand.</summary>
internal sealed class FakeWorker : IAsyncDisposable
{
    private static readonly IdentityStampOptions StampOptions =
        new() { InternalKeys = [EdgeUnderTest.InternalKey] };

    private readonly EchoSockets _sockets;
    private readonly int _port;
    private int _probes;
    private WebApplication? _app;

    private FakeWorker(string id, int port)
    {
        Id = id;
        _port = port;
        _sockets = new EchoSockets(id);
    }

    public string Id { get; }

    public string Address { get; private set; } = "";

    /// <summary>Everything but probes, in order of arrival.</summary>
    public ConcurrentQueue<SeenRequest> Seen { get; } = new();

    /// <summary>What edges asked of it for operators, as <c>METHOD target by edge</c>, in order.</summary>
    public ConcurrentQueue<string> Orders { get; } = new();

    /// <summary>What it answers to that, by <c>METHOD path</c>: status and JSON. All else is 404.</summary>
    public ConcurrentDictionary<string, (int Status, string Json)> Answers { get; } = new();

    /// <summary>Whether it leaves that without an answer.</summary>
    public bool HangsOnOrders { get; set; }

    /// <summary>If set, each of them asks it what to wait for, and is answered then.</summary>
    public Func<Task>? HoldsOrders { get; set; }

    /// <summary>Headers of its answers to plain requests, beside its own.</summary>
    public ConcurrentDictionary<string, string> Headers { get; } = new();

    /// <summary>What <c>/readyz</c> says.</summary>
    public string Status { get; set; } = "ready";

    /// <summary>Whether it leaves probes without an answer.</summary>
    public bool IsMute { get; set; }

    /// <summary>If set, each probe asks it what to wait for, and is answered then.</summary>
    public Func<Task>? HoldsProbes { get; set; }

    /// <summary>Probes that came.</summary>
    public int Probes => Volatile.Read(ref _probes);

    /// <summary>The load that it reports.</summary>
    public int Load { get; set; }

    /// <summary>The roles that it reports, as JSON; none by default.</summary>
    public string Roles { get; set; } = "[]";

    /// <summary>By how much its clock is ahead.</summary>
    public TimeSpan ClockAhead { get; set; }

    /// <summary>Whether its probes say what its clock shows.</summary>
    public bool TellsTime { get; set; } = true;

    /// <summary>What its answers to probes say of their stamp; nothing by default.</summary>
    public string? ProbeVerdict { get; set; }

    /// <summary>What it calls itself; that which edges call it by default.</summary>
    public string? Name { get; set; }

    /// <summary>Whether it refuses everything but probes, as a draining worker does.</summary>
    public bool Refuses { get; set; }

    /// <summary>Whether it refuses connections, as a worker does that has as many as it may.</summary>
    public bool IsFull { get; set; }

    /// <summary>Whether it says that what it is asked for is not its role.</summary>
    public bool HasOtherRole { get; set; }

    /// <summary>Whether it cuts the connection of every request, once it has seen it.</summary>
    public bool BreaksOff { get; set; }

    /// <summary>Whether it never answers, once it has seen the request.</summary>
    public bool Hangs { get; set; }

    public static async Task<FakeWorker> StartAsync(string id, int port = 0)
    {
        var worker = new FakeWorker(id, port);
        await worker.StartAsync();
        return worker;
    }

    /// <summary>Another one with the same id at the same address, as after a restart.</summary>
    public Task<FakeWorker> RestartAsync() => StartAsync(Id, new Uri(Address).Port);

    public async Task StopAsync()
    {
        if (_app is { } app)
        {
            _app = null;
            // At once: open sockets are cut, as when a process dies.
            using var now = new CancellationTokenSource();
            await now.CancelAsync();
            await app.StopAsync(now.Token);
            await app.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.Zero);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            // What edges let in is theirs to say.
            kestrel.Limits.MaxRequestLineSize = kestrel.Limits.MaxRequestHeadersTotalSize = 512 * 1024;
            kestrel.Listen(IPAddress.Loopback, _port);
        });
        _app = builder.Build();
        _app.UseWebSockets();
        _app.Run(AnswerAsync);
        await _app.StartAsync();
        IServer server = _app.Services.GetRequiredService<IServer>();
        Address = server.Features.Get<IServerAddressesFeature>()!.Addresses.Single();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path == "/readyz")
        {
            Interlocked.Increment(ref _probes);
            if (IsMute)
            {
                await UntilClientLeavesAsync(context);
                return;
            }

            await (HoldsProbes?.Invoke() ?? Task.CompletedTask);

            context.Response.StatusCode = Status == "ready" ? 200 : 503;
            context.Response.Headers[ProbeStamp.Header] = ProbeVerdict;
            await context.Response.WriteAsync(
                $$$"""{"status":"{{{Status}}}","reasons":[],"load":{"connections":{{{Load}}}},"roles":{{{Roles}}}"""
                + $$$""","name":"{{{Name ?? Id}}}","time":{{{(TellsTime ? Now() : "null")}}}}""");
            return;
        }

        if (context.Request.Path.StartsWithSegments("/internal"))
        {
            await ObeyAsync(context);
            return;
        }

        Seen.Enqueue(SeenRequest.Of(context.Request));
        if (Refuses || HasOtherRole || (IsFull && context.WebSockets.IsWebSocketRequest))
        {
            context.Response.StatusCode = 503;
            context.Response.Headers["Realtime-Refused"] = Refuses ? "draining" : HasOtherRole ? "role" : "full";
            await context.Response.WriteAsync("this must not reach the client");
        }
        else if (!new IdentityStamp(StampOptions, new ShiftedClock(ClockAhead))
            .TryVerify(context.Request.Headers[IdentityStamp.Header], out _))
        {
            context.Response.StatusCode = 503;
            context.Response.Headers["Realtime-Refused"] = "stamp";
        }
        else if (BreaksOff)
        {
            context.Abort();
        }
        else if (Hangs)
        {
            await UntilClientLeavesAsync(context);
        }
        else if (context.WebSockets.IsWebSocketRequest)
        {
            await _sockets.EchoAsync(context);
        }
        else if (context.Request.Path.StartsWithSegments("/sse"))
        {
            await StreamAsync(context);
        }
        else
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            context.Response.Headers["Worker"] = Id;
            foreach ((string name, string value) in Headers)
            {
                context.Response.Headers[name] = value;
            }

            await context.Response.WriteAsync($"{Id} {context.Request.Method} {body.Length}");
        }
    }

    private async Task ObeyAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        string target = $"{request.Path}{request.QueryString}";
        StampVerdict verdict = new OperatorStamp(StampOptions, new ShiftedClock(ClockAhead)).Verify(
            request.Headers[OperatorStamp.Header], request.Method, target, Name ?? Id, out OperatorWord? word);
        if (verdict != StampVerdict.Good)
        {
            context.Response.StatusCode = 401;
            return;
        }

        Orders.Enqueue($"{request.Method} {target} by {word!.Edge}");
        if (HangsOnOrders)
        {
            await UntilClientLeavesAsync(context);
            return;
        }

        await (HoldsOrders?.Invoke() ?? Task.CompletedTask);
        (int status, string json) = Answers.GetValueOrDefault(
            $"{request.Method} {request.Path}",
            (404, """{"code":"not_found","detail":"There is no such endpoint."}"""));
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(json);
    }

    private string Now() => new ShiftedClock(ClockAhead).GetUtcNow().ToUnixTimeMilliseconds()
        .ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Closes all WebSockets that are open.</summary>
    public Task CloseAllAsync(int code) => _sockets.CloseAllAsync(code);

    /// <summary>One event, then silence until the client leaves.</summary>
    private async Task StreamAsync(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers["Worker"] = Id;
        await context.Response.WriteAsync("data: 1\n\n");
        await context.Response.Body.FlushAsync();
        await UntilClientLeavesAsync(context);
    }

    private static async Task UntilClientLeavesAsync(HttpContext context)
    {
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration _ = context.RequestAborted.Register(left.SetResult);
        await left.Task;
    }
}
