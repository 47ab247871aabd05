using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Edge;
using Realtime.Edge.Forwarding;
using Realtime.Hosting.Identity;
using Realtime.Tests.Support;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Model;

namespace Realtime.Tests.Edge;

/// <summary>When a worker is out of routing, and when its connections are cut, by a clock of the test's.</summary>
#pragma warning disable CA1001 // xunit disposes of it, by IAsyncLifetime.
public sealed class WorkerProbesTests : IAsyncLifetime
#pragma warning restore CA1001
{
    private static readonly ForwardingOptions Options = new();

    private readonly ManualClock _clock = new();
    private readonly FaultyLogger _logger = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private FakeWorker _first = null!;
    private FakeWorker _second = null!;
    private WorkerTable _table = null!;
    private Probe _probe = null!;
    private WorkerProbes _probes = null!;

    public async Task InitializeAsync()
    {
        _first = await FakeWorker.StartAsync("w1");
        _second = await FakeWorker.StartAsync("w2");
        var metrics = new EdgeMetrics(_services.GetRequiredService<IMeterFactory>());
        _table = new WorkerTable(
            new KnownWorkers(_first, _second), new BreakerOptions(), metrics, _clock, NullLogger<WorkerTable>.Instance);
        var keys = new IdentityStampOptions { InternalKeys = [EdgeUnderTest.InternalKey] };
        var stamps = new WorkerStamps(
            _table, new IdentityStamp(keys, _clock), new OperatorStamp(keys, _clock), keys, Options, new EdgeOptions(),
            metrics, NullLogger<WorkerStamps>.Instance);
        _probe = new Probe(new WorkerConnect(Options, _clock), stamps);
        _probes = new WorkerProbes(_table, _probe, Options, metrics, _clock, _logger);
        await _probes.StartAsync(CancellationToken.None);
        await Eventually.TrueAsync("both are ready", () => _table.All.All(one => one.State == WorkerState.Ready));
    }

    public async Task DisposeAsync()
    {
        await _probes.StopAsync(CancellationToken.None);
        _probes.Dispose();
        _probe.Dispose();
        _table.Dispose();
        await _first.DisposeAsync();
        await _second.DisposeAsync();
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task A_worker_that_hangs_just_after_its_answer_is_out_of_routing_within_two_seconds()
    {
        _first.IsMute = true;
        await AdvanceAsync(Options.ProbeInterval);
        Assert.True(Of("w1").IsAvailable);
        _clock.Advance(Options.ProbeTimeout);
        await Eventually.TrueAsync("it is out", () => !Of("w1").IsAvailable);

        Assert.Equal(WorkerState.Unreachable, Of("w1").State);
        Assert.True(Options.ProbeInterval + Options.ProbeTimeout <= TimeSpan.FromSeconds(1.5));
    }

    [Fact]
    public async Task One_that_hangs_does_not_delay_the_word_of_the_other()
    {
        _first.IsMute = true;
        await AdvanceAsync(Options.ProbeInterval);
        _second.Status = "unready";
        // The first is not yet late.
        int probes = _second.Probes;
        _clock.Advance(Options.ProbeInterval);
        await Eventually.TrueAsync("the second was asked", () => _second.Probes > probes);
        await Eventually.TrueAsync("and heard", () => Of("w2").State == WorkerState.Unready);

        Assert.Equal(WorkerState.Ready, Of("w1").State);
    }

    [Fact]
    public async Task What_is_open_to_a_silent_worker_is_cut_once_it_was_silent_for_so_long()
    {
        _first.IsMute = true;
        Worker worker = Of("w1");
        worker.Begin(TrafficKind.WebSocket);
        CancellationToken life = worker.Life;
        CancellationToken other = Of("w2").Life;
        await AdvanceAsync(Options.ProbeInterval);
        for (int silentSeconds = 1; silentSeconds < 3; silentSeconds++)
        {
            await AdvanceAsync(Options.ProbeTimeout);
            Assert.False(life.IsCancellationRequested);
        }

        _clock.Advance(Options.ProbeTimeout);
        await Eventually.TrueAsync("it is cut", () => life.IsCancellationRequested);
        Assert.False(other.IsCancellationRequested);
        Assert.False(worker.Life.IsCancellationRequested);
    }

    [Fact]
    public async Task What_is_open_to_a_worker_that_answers_late_stays_open_but_nothing_new_goes_there()
    {
        Worker worker = Of("w1");
        worker.Begin(TrafficKind.WebSocket);
        CancellationToken life = worker.Life;
        var held = new ConcurrentQueue<TaskCompletionSource>();
        _first.HoldsProbes = () =>
        {
            var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            held.Enqueue(answer);
            return answer.Task;
        };
        await AdvanceAsync(Options.ProbeInterval);
        for (int round = 0; round < 6; round++)
        {
            // The one before is late, the next is under way, and only then the one before is answered.
            await AdvanceAsync(Options.ProbeTimeout);
            Assert.False(worker.IsAvailable);
            TaskCompletionSource? late;
            while (!held.TryDequeue(out late))
            {
                await Task.Yield();
            }

            late.SetResult();
            await Eventually.TrueAsync("it was heard", () => worker.Silence == TimeSpan.Zero);
        }

        Assert.False(life.IsCancellationRequested);
        Assert.Equal(WorkerState.Unreachable, worker.State);
        _first.HoldsProbes = null;
        await AdvanceAsync(Options.ProbeTimeout);
        await Eventually.TrueAsync("it is ready again", () => worker.State == WorkerState.Ready);
    }

    [Fact]
    public async Task An_edge_that_stood_still_itself_takes_that_for_nobodys_silence()
    {
        _first.IsMute = true;
        Worker worker = Of("w1");
        worker.Begin(TrafficKind.WebSocket);
        CancellationToken life = worker.Life;
        await AdvanceAsync(Options.ProbeInterval);
        int probes = _first.Probes;
        _clock.StandStill(TimeSpan.FromMinutes(1));
        await Eventually.TrueAsync("the worker is asked again", () => _first.Probes > probes);

        Assert.Equal(Options.ProbeTimeout, worker.Silence);
        Assert.False(life.IsCancellationRequested);
    }

    [Fact]
    public async Task Bytes_on_a_stream_are_a_sign_of_life()
    {
        _first.IsMute = true;
        Worker worker = Of("w1");
        worker.Begin(TrafficKind.WebSocket);
        CancellationToken life = worker.Life;
        using Attempt attempt = Attempt.TryBegin(new DefaultHttpContext(), worker, isForced: true, Options, _clock)!;
        using var stream = new WatchedStream(Stream.Null, attempt);
        await AdvanceAsync(Options.ProbeInterval);
        for (int round = 0; round < 5; round++)
        {
            await stream.WriteAsync(new byte[1]);
            await AdvanceAsync(Options.ProbeTimeout);
        }

        Assert.Equal(Options.ProbeTimeout, worker.Silence);
        Assert.False(life.IsCancellationRequested);
    }

    [Fact]
    public async Task Where_nobody_else_is_ready_nothing_is_cut()
    {
        _first.IsMute = true;
        _second.Status = "unready";
        Worker worker = Of("w1");
        worker.Begin(TrafficKind.WebSocket);
        CancellationToken life = worker.Life;
        await AdvanceAsync(Options.ProbeInterval);
        await Eventually.TrueAsync("the second is out", () => Of("w2").State == WorkerState.Unready);
        for (int round = 0; round < 5; round++)
        {
            await AdvanceAsync(Options.ProbeTimeout);
        }

        Assert.True(worker.Silence >= Options.SilentCut);
        Assert.False(life.IsCancellationRequested);
        _second.Status = "ready";
        await AdvanceAsync(Options.ProbeTimeout);
        await Eventually.TrueAsync("the second is in", () => Of("w2").State == WorkerState.Ready);
        _clock.Advance(Options.ProbeTimeout);
        await Eventually.TrueAsync("it is cut", () => life.IsCancellationRequested);
    }

    [Fact]
    public async Task A_round_that_fails_in_an_unforeseen_way_is_not_the_last()
    {
        _logger.IsFaulty = true;
        _first.Status = "unready";
        await AdvanceAsync(Options.ProbeInterval);
        await Eventually.TrueAsync("it failed", () => Of("w1").State == WorkerState.Unreachable);
        Assert.False(_logger.IsFaulty);

        _first.Status = "ready";
        await AdvanceAsync(Options.ProbeInterval);
        await Eventually.TrueAsync("it is ready again", () => Of("w1").State == WorkerState.Ready);
    }

    /// <summary>Lets time pass, and waits until the first worker has been asked again.</summary>
    private async Task AdvanceAsync(TimeSpan time)
    {
        int probes = _first.Probes;
        _clock.Advance(time);
        await Eventually.TrueAsync("the worker is asked", () => _first.Probes > probes);
    }

    private Worker Of(string id) =>
        _table.TryFind(id, out Worker? worker) ? worker : throw new KeyNotFoundException(id);

    /// <summary>Throws once, when told to.</summary>
    private sealed class FaultyLogger : ILogger<WorkerProbes>
    {
        private int _isFaulty;

        public bool IsFaulty
        {
            get => Volatile.Read(ref _isFaulty) == 1;
            set => Volatile.Write(ref _isFaulty, value ? 1 : 0);
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (Interlocked.Exchange(ref _isFaulty, 0) == 1)
            {
                throw new InvalidOperationException("The log is full.");
            }
        }
    }

    private sealed class KnownWorkers : IProxyStateLookup
    {
        private readonly ClusterState _cluster = new(WorkerRoutes.Cluster);

        public KnownWorkers(params FakeWorker[] workers)
        {
            foreach (FakeWorker worker in workers)
            {
                var model = new DestinationModel(new DestinationConfig { Address = worker.Address });
                _cluster.Destinations[worker.Id] = new DestinationState(worker.Id, model);
            }
        }

        public bool TryGetCluster(string id, [NotNullWhen(true)] out ClusterState? cluster)
        {
            cluster = _cluster;
            return true;
        }

        public IEnumerable<ClusterState> GetClusters() => [_cluster];

        public bool TryGetRoute(string id, [NotNullWhen(true)] out RouteModel? route)
        {
            route = null;
            return false;
        }

        public IEnumerable<RouteModel> GetRoutes() => [];
    }
}
