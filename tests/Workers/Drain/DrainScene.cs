using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Tests.Support;
using Realtime.Workers.Connections;
using Realtime.Workers.Drain;
using Realtime.Workers.Health;
using Realtime.Workers.Tail;

namespace Realtime.Tests.Workers.Drain;

/// <summary>A worker's registry and drain, with connections that have no transport, by a clock that stands.</summary>
internal sealed class DrainScene : IAsyncDisposable
{
    private readonly ServiceProvider _provider = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly List<FakeConnection> _fakes = [];
    private readonly Dictionary<FakeConnection, RegisteredConnection> _registered = [];
    private int _cut;

    public DrainScene()
    {
        Registry = new ConnectionRegistry(
            new ConnectionOptions(), new WorkerLoad(), new LogWatch(NullLogger<LogWatch>.Instance));
        Drain = new WorkerDrain(new DrainServices(
            Registry, new ConnectionOptions(), new DrainMetrics(Meters), Clock, NullLogger<DrainRun>.Instance));
    }

    public ManualClock Clock { get; } = new();

    public IMeterFactory Meters => _provider.GetRequiredService<IMeterFactory>();

    public ConnectionRegistry Registry { get; }

    public WorkerDrain Drain { get; }

    public IReadOnlyList<FakeConnection> Connections => _fakes;

    public int Told => _fakes.Count(one => one.Told is not null);

    public int Cut => Volatile.Read(ref _cut);

    public DrainProgress Progress => Drain.Status.Progress!;

    private bool IsTelling =>
        Drain.Status is { State: DrainState.Draining, Progress.Cut: 0 } || Drain.Edges.Values.Any(one => one.Left > 0);

    public static DrainOrder Order(double deadlineSeconds = 30, int pace = 100, string by = "e1") =>
        new(TimeSpan.FromSeconds(deadlineSeconds), pace, by);

    public bool HasEnded(string edge) => Drain.HasEnded(edge);

    public FakeConnection Open(string? edge = "e1")
    {
        Assert.True(Registry.TryTakePlace());
        return Enter(edge);
    }

    /// <summary>What follows on a place that was taken.</summary>
    public FakeConnection Enter(string? edge = "e1")
    {
        var fake = new FakeConnection(Clock, Meters, edge);
        _fakes.Add(fake);
        var registered = new RegisteredConnection(
            fake, ConnectionKind.Viewer, Clock.GetUtcNow(), () => Interlocked.Increment(ref _cut));
        _registered[fake] = registered;
        Registry.Add(registered);
        return fake;
    }

    public void OpenMany(int count, string? edge = "e1")
    {
        for (int i = 0; i < count; i++)
        {
            Open(edge);
        }
    }

    public void Leave(FakeConnection fake)
    {
        Registry.Remove(_registered[fake]);
        Registry.GiveBackPlace();
    }

    public void LeaveAll()
    {
        foreach (FakeConnection fake in _fakes.ToArray())
        {
            if (!_registered[fake].IsGone)
            {
                Leave(fake);
            }
        }
    }

    /// <summary>Lets time pass in small steps, so that the drain's loop has its turns.</summary>
    public async Task PassAsync(TimeSpan time, int expectedTold)
    {
        TimeSpan step = TimeSpan.FromMilliseconds(10);
        for (TimeSpan passed = TimeSpan.Zero; passed < time; passed += step)
        {
            Clock.Advance(step);
            await SettleAsync();
        }

        await Eventually.TrueAsync(
            $"{expectedTold} are told", () => Told >= expectedTold, detail: () => $"{Told} are.");
    }

    /// <summary>Until the loop waits for the clock again, or for nothing but that connections go.</summary>
    public Task SettleAsync() => Eventually.TrueAsync(
        "the loop waits", () => !IsTelling || Clock.Waits.Any(wait => wait > TimeSpan.Zero));

    public Task StateAsync(DrainState state) => Eventually.TrueAsync($"it is {state}", () => Drain.State == state);

    public async ValueTask DisposeAsync()
    {
        await Drain.DisposeAsync();
        await _provider.DisposeAsync();
    }
}
