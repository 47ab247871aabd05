using Microsoft.AspNetCore.Http;
using Realtime.Edge.Forwarding;
using Realtime.Tests.Support;
using Yarp.ReverseProxy.Model;

namespace Realtime.Tests.Edge.Tunnels;

/// <summary>What ends an open tunnel, and when: by one timer, whatever it is for.</summary>
public sealed class AttemptTests : IDisposable
{
    private static readonly ForwardingOptions Options = new();

    private readonly ManualClock _clock = new();
    private readonly CancellationTokenSource _clientGone = new();
    private readonly Worker _worker;
    private readonly DefaultHttpContext _context = new();
    private readonly Attempt _attempt;

    public AttemptTests()
    {
        _worker = new Worker(
            new DestinationState("w1"), new Breaker(new BreakerOptions(), _clock, new Random(1), null), _clock);
        _context.Request.Method = "GET";
        _context.RequestAborted = _clientGone.Token;
        _attempt = Attempt.TryBegin(_context, _worker, isForced: false, Options, _clock)!;
    }

    public void Dispose()
    {
        _attempt.Dispose();
        _worker.Dispose();
        _clientGone.Dispose();
    }

    [Fact]
    public void Without_an_answer_it_is_late()
    {
        _clock.Advance(Options.AnswerTimeout);
        Assert.True(_attempt.Ended.IsCancellationRequested && _attempt.IsLate);
        Assert.Null(_attempt.GivenUp);
    }

    [Fact]
    public void A_tunnel_without_a_byte_is_cut_and_one_with_bytes_is_not()
    {
        Open();
        for (int i = 0; i < 5; i++)
        {
            _clock.Advance(Options.QuietTimeout * 0.9);
            _attempt.Moved();
        }

        _clock.Advance(Options.QuietTimeout * 0.99);
        Assert.False(_attempt.Ended.IsCancellationRequested);
        _clock.Advance(Options.QuietTimeout * 0.01);
        Assert.True(_attempt.Ended.IsCancellationRequested);
        Assert.Equal(ConnectionCut.Quiet, _attempt.GivenUp);
    }

    [Fact]
    public void A_write_that_waits_has_its_time_however_often_others_finished()
    {
        Open();
        for (int i = 0; i < 5; i++)
        {
            _attempt.WriteWaits();
            _clock.Advance(Options.ClientStall * 0.9);
            _attempt.WriteFinished();
        }

        _attempt.WriteWaits();
        _attempt.Moved();
        _clock.Advance(Options.ClientStall);
        Assert.Equal(ConnectionCut.StalledClient, _attempt.GivenUp);
    }

    [Fact]
    public void Who_ended_its_side_has_a_moment_whatever_is_written_meanwhile()
    {
        Open();
        _attempt.ClientEnded();
        _attempt.WriteWaits();
        _attempt.WriteFinished();
        _clock.Advance(Options.Linger);
        Assert.Equal(ConnectionCut.Lingering, _attempt.GivenUp);
    }

    [Fact]
    public void A_client_that_leaves_and_a_worker_that_is_cut_end_it_and_it_gives_back_what_it_took()
    {
        Open();
        _worker.CutAll();
        Assert.True(_attempt.Ended.IsCancellationRequested);
        Assert.Null(_attempt.GivenUp);
        _attempt.Dispose();
        using Attempt next = Attempt.TryBegin(_context, _worker, isForced: false, Options, _clock)!;
        Assert.False(next.Ended.IsCancellationRequested);
        _clientGone.Cancel();
        Assert.True(next.Ended.IsCancellationRequested && next.IsClientGone);
        next.Dispose();
        Assert.Equal(_clientGone.Token, _context.RequestAborted);
        Assert.Empty(_clock.Waits);
    }

    private void Open()
    {
        _attempt.Answered();
        _attempt.Opened();
    }
}
