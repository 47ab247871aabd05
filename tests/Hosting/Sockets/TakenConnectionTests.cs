using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Realtime.Hosting.Sockets;
using Realtime.Tests.Support;

namespace Realtime.Tests.Hosting.Sockets;

/// <summary>An upgraded connection goes on without its request, and ends with what goes on.</summary>
public sealed class TakenConnectionTests : IAsyncLifetime
{
    private readonly WebApplication _server;
    private readonly List<string> _done = [];
    private readonly TaskCompletionSource _requestOver = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _connectionOver = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WeakReference? _request;
    private bool _takes = true;
    private bool _failsInside;

    public TakenConnectionTests()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(
            kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseTakenConnections()));
        _server = builder.Build();
        _server.Use(async (context, next) =>
        {
            await next(context);
            context.WhenOver(() =>
            {
                Note("outer");
                _connectionOver.TrySetResult();
            });
            _requestOver.TrySetResult();
        });
        _server.Run(UpgradeAsync);
    }

    public Task InitializeAsync() => _server.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task What_goes_on_has_the_bytes_from_the_first_behind_the_request_on()
    {
        using Socket client = await OpenAsync("early");
        await _requestOver.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await client.SendAsync("late"u8.ToArray());

        Assert.Equal("earlylate", await ReadAsync(client, 9));
        Assert.Empty(_done);
    }

    [Fact]
    public async Task Nothing_of_the_request_is_kept()
    {
        using Socket client = await OpenAsync("x");
        Assert.Equal("x", await ReadAsync(client, 1));

        // The server's own look at timeouts, each second, must not hold it either.
        await Eventually.TrueAsync("the request is garbage", () =>
        {
            GC.Collect();
            return Task.FromResult(!_request!.IsAlive);
        });
        await client.SendAsync("y"u8.ToArray());
        Assert.Equal("y", await ReadAsync(client, 1));
    }

    [Fact]
    public async Task When_the_client_goes_all_that_waited_for_the_end_is_done_from_the_inside_out()
    {
        Socket client = await OpenAsync("x");
        Assert.Equal("x", await ReadAsync(client, 1));
        client.Dispose();
        await _connectionOver.Task.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(["run", "inner", "outer"], _done);
    }

    [Fact]
    public async Task The_connection_ends_with_what_went_on()
    {
        using Socket client = await OpenAsync("!");

        Assert.Equal("", await ReadAsync(client, 1));
        Assert.Equal(["run", "inner", "outer"], _done);
    }

    [Fact]
    public async Task One_that_fails_keeps_no_other_from_being_done()
    {
        _failsInside = true;
        using Socket client = await OpenAsync("!");

        Assert.Equal("", await ReadAsync(client, 1));
        Assert.Equal(["run", "inner", "outer"], _done);
    }

    [Fact]
    public async Task Without_taking_it_everything_is_done_with_the_request()
    {
        _takes = false;
        using Socket client = await OpenAsync("x");
        await _connectionOver.Task.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(["inner", "outer"], _done);
    }

    private async Task UpgradeAsync(HttpContext context)
    {
        _request = new WeakReference(context);
        context.Response.Headers.Upgrade = "echo";
        await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
        if (_takes)
        {
            TakenConnection connection = TakenConnection.Of(context)!;
            connection.TakeAfter(() => EchoAsync(connection));
        }

        context.WhenOver(() =>
        {
            Note("inner");
            if (_failsInside)
            {
                throw new InvalidOperationException("inside");
            }
        });
    }

    private async Task EchoAsync(TakenConnection connection)
    {
        try
        {
            while (true)
            {
                ReadResult read = await connection.Transport.Input.ReadAsync(connection.Closed);
                if (read.IsCompleted || read.Buffer.FirstSpan is [(byte)'!', ..])
                {
                    return;
                }

                await connection.Transport.Output.WriteAsync(read.Buffer.ToArray());
                connection.Transport.Input.AdvanceTo(read.Buffer.End);
            }
        }
        catch (Exception ended) when (ended is IOException or OperationCanceledException)
        {
        }
        finally
        {
            Note("run");
        }
    }

    private void Note(string what)
    {
        lock (_done)
        {
            _done.Add(what);
        }
    }

    private async Task<Socket> OpenAsync(string early)
    {
        var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(IPAddress.Loopback, new Uri(_server.Urls.First()).Port);
        await client.SendAsync(Encoding.ASCII.GetBytes(
            $"GET / HTTP/1.1\r\nHost: s\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n{early}"));
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            head.Append(await ReadAsync(client, 1));
        }

        Assert.StartsWith("HTTP/1.1 101", head.ToString(), StringComparison.Ordinal);
        return client;
    }

    private static async Task<string> ReadAsync(Socket client, int count)
    {
        byte[] bytes = new byte[count];
        int read = 0;
        while (read < count)
        {
            int now = await client.ReceiveAsync(bytes.AsMemory(read));
            if (now == 0)
            {
                break;
            }

            read += now;
        }

        return Encoding.ASCII.GetString(bytes, 0, read);
    }
}
