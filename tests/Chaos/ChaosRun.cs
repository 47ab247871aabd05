using System.Globalization;
using Realtime.Client;
using Realtime.Protocol;
using Realtime.Tests.Chaos.Checking;
using Realtime.Tests.Chaos.Clients;
using Realtime.Tests.Chaos.Faults;
using Realtime.Tests.Chaos.Producers;
using Realtime.Tests.Support;

namespace Realtime.Tests.Chaos;

/// <summary>One run: a crowd of clients and producers on a system that faults are done to, and what is checked in the
/// end.</summary>
internal sealed class ChaosRun(ChaosSystem system, ChaosOptions options, ChaosReport report) : IAsyncDisposable
{
    // One client in so many watches a terminal, one producer in so many writes one, one in so many is raw.
    private const int TerminalClientsEvery = 10;
    private const int TerminalProducersEvery = 5;
    private const int RawProducersEvery = 3;

    private static readonly TimeSpan PauseMean = TimeSpan.FromMilliseconds(600);
    private static readonly TimeSpan ArrivalMax = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan FinishMax = TimeSpan.FromSeconds(60);

    // The term of a lease, twice: the last fault may have given it another.
    private static readonly TimeSpan LeasesMax = TimeSpan.FromSeconds(25);

    // It is all of history each time.
    private static readonly TimeSpan HistoryInterval = TimeSpan.FromSeconds(1);

    // Nobody who is on the way gets nothing for so long.
    private static readonly TimeSpan StillMax = TimeSpan.FromSeconds(20);

    private readonly Random _random = new(options.Seed);
    private readonly Ledger _ledger = new();
    private readonly ReconnectWatch _watch = new();
    private readonly List<EventViewer> _viewers = [];
    private readonly List<TerminalViewer> _terminalViewers = [];
    private readonly List<TerminalTruth> _terminals = [];
    private readonly List<Task> _watching = [];
    private readonly CancellationTokenSource _stopping = new();
    private AbandonedLeases? _abandoned;
    private Task _producing = Task.CompletedTask;
    private volatile bool _isFinishing;

    public ReconnectWatch Watch => _watch;

    /// <summary>What it was about, in one line.</summary>
    public string Figures => string.Create(
        CultureInfo.InvariantCulture,
        $"{_ledger.AcknowledgedCount} of {_ledger.SentCount - (_abandoned?.Count ?? 0)} events acknowledged, "
            + $"{_viewers.Sum(viewer => (long)viewer.View.Count)} deliveries, {report.FaultsCount} faults, "
            + $"{_abandoned?.Count ?? 0} leases ran out");

    /// <summary>Does it all; what was wrong stands in the report.</summary>
    public async Task RunAsync()
    {
        await using RealtimeClient reader = Seat("reader", 0).ConnectToPublish();
        IReadOnlyList<EventPosition> first = (await reader.ReadLatestAsync()).Cursor;
        StartProducers();
        StartClients(first);
        await Eventually.TrueAsync(
            "those who come first are there", () => _viewers.Count(viewer => viewer.IsWatching) >= _viewers.Count / 2,
            ArrivalMax);
        report.Write($"{_viewers.Count(viewer => viewer.IsWatching)} clients watch");

        Task faults = new FaultRunner(system, report, _watch).RunAsync(
            FaultSchedule.Of(options.Seed), options.Time, _stopping.Token);
        await Task.WhenAny(faults, _producing);
        _isFinishing = true;
        await faults;
        await _producing.WaitAsync(FinishMax, TimeProvider.System);
        report.Write($"{_ledger.SentCount} events sent, {_ledger.AcknowledgedCount} acknowledged; "
            + $"{_terminals.Sum(terminal => terminal.Length)} bytes of {_terminals.Count} terminals");

        IReadOnlyList<HistoryEntry> history = await HistoryAsync();
        await EveryoneArrivesAsync(history);
        await _stopping.CancelAsync();
        await Task.WhenAll(_watching);
        await CheckAsync(history, reader);
    }

    /// <summary>Of the clients that something was wrong with.</summary>
    public IEnumerable<(string Name, string Story)> Stories() =>
        _viewers.Where(viewer => report.Violations.Any(wrong => wrong.Contains($"{viewer.View.Name}:")
                || wrong.Contains($"{viewer.View.Name} ")))
            .Select(viewer => (viewer.View.Name, viewer.View.Story))
            .Concat(_terminalViewers.Where(viewer => report.Violations.Any(
                    wrong => wrong.Contains($"{viewer.View.Name} ")))
                .Select(viewer => (viewer.View.Name, viewer.View.Story)));

    public async ValueTask DisposeAsync()
    {
        _isFinishing = true;
        await _stopping.CancelAsync();
        await Task.WhenAll([.. _watching, _producing]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private void StartProducers()
    {
        _abandoned = new AbandonedLeases(system, system.Token("publish:*", 0), "abandoned", _ledger);
        var producers = new List<IChaosProducer> { _abandoned };
        int sdkProducers = 0;
        for (int i = 0; i < options.Producers; i++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"producer-{i}");
            var random = new Random(_random.Next());
            var pauses = new Pauses(PauseMean, random);
            ClientSeat seat = Seat(name, i);
            var raw = new RawSocket(system, system.Token("publish:*", i), name, _ledger, random);
            bool isRaw = i % RawProducersEvery == 0;
            if (i % TerminalProducersEvery == 0)
            {
                var truth = new TerminalTruth(
                    string.Create(CultureInfo.InvariantCulture, $"terminal-{i}"), random.Next());
                _terminals.Add(truth);
                producers.Add(isRaw
                    ? new RawTerminalProducer(raw, truth, _ledger, pauses, random)
                    : new SdkTerminalProducer(seat, truth, _ledger, pauses, random));
            }
            else
            {
                var maker = new EventMaker(i, _ledger, random);
                producers.Add(isRaw
                    ? new RawProducer(raw, name, maker, _ledger, pauses, random)
                    : new SdkProducer(seat, maker, KindOf(sdkProducers++), _ledger, pauses, random));
            }
        }

        _producing = Task.WhenAll(producers.Select(one => one.RunAsync(() => _isFinishing, _stopping.Token)));
    }

    // Half of them are numbered, and half of those hold a lease.
    private static SdkProducerKind KindOf(int number) => (number % 4) switch
    {
        0 or 2 => SdkProducerKind.Keyed,
        1 => SdkProducerKind.Numbered,
        _ => SdkProducerKind.Leasing,
    };

    private void StartClients(IReadOnlyList<EventPosition> first)
    {
        for (int i = 0; i < options.Clients; i++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"client-{i}");
            var random = new Random(_random.Next());
            ClientHabits habits = ClientHabits.Next(random, options.Producers * EventMaker.AgentsCount);
            ClientSeat seat = Seat(name, i);
            if (i % TerminalClientsEvery == 0)
            {
                var viewer = new TerminalViewer(
                    seat, habits, _ledger, _terminals[random.Next(_terminals.Count)], random);
                _terminalViewers.Add(viewer);
                _watching.Add(viewer.RunAsync(_stopping.Token));
            }
            else
            {
                var viewer = new EventViewer(seat, habits, _ledger, first, random);
                _viewers.Add(viewer);
                _watching.Add(viewer.RunAsync(_stopping.Token));
            }
        }
    }

    // All of it, once the leases that nobody renewed have run out; those that never do are told of by the checks.
    private async Task<IReadOnlyList<HistoryEntry>> HistoryAsync()
    {
        string token = system.Token("read:*", 0);
        IReadOnlyList<HistoryEntry> history = [];
        await Eventually.HoldsAsync(
            async () =>
            {
                history = await HistoryReader.ReadAsync(system, token, _stopping.Token);
                HashSet<string> there = [.. history.Select(entry => entry.Key)];
                return _ledger.Sent.Values.All(sent => !sent.MustStand || there.Contains(sent.Key));
            },
            LeasesMax, HistoryInterval, _stopping.Token);
        return history;
    }

    // Who never arrives is told of by the checks, with what is missing.
    private async Task EveryoneArrivesAsync(IReadOnlyList<HistoryEntry> history)
    {
        long seen = -1;
        long since = 0;
        foreach (EventViewer viewer in _viewers)
        {
            await ArrivesAsync(() => viewer.IsWatching);
            int due = ViewChecks.Due(viewer.View, _ledger, history);
            await ArrivesAsync(() => viewer.View.Count >= due
                && (viewer.View.Start != ViewStart.Snapshot || viewer.View.IsComplete));
        }

        foreach (TerminalViewer viewer in _terminalViewers)
        {
            await ArrivesAsync(() => viewer.View.ExitCode is not null);
        }

        report.Write("all have arrived, or will not");

        Task ArrivesAsync(Func<bool> condition) =>
            ClientSeat.UntilAsync(() => condition() || IsStill(), _stopping.Token);

        bool IsStill()
        {
            long now = _viewers.Sum(viewer => (long)viewer.View.Count)
                + _terminalViewers.Sum(viewer => viewer.View.Next);
            if (now != seen)
            {
                (seen, since) = (now, TimeProvider.System.GetTimestamp());
            }

            return TimeProvider.System.GetElapsedTime(since) > StillMax;
        }
    }

    private async Task CheckAsync(IReadOnlyList<HistoryEntry> history, RealtimeClient reader)
    {
        IEnumerable<string> wrong = LogChecks.Check(_ledger, history)
            .Concat(_viewers.SelectMany(viewer => ViewChecks.Check(viewer.View, _ledger, history)))
            .Concat(_terminalViewers.SelectMany(viewer => viewer.View.Check()));
        foreach (string what in wrong.Take(200))
        {
            report.Violated(what);
        }

        foreach (TerminalTruth terminal in _terminals)
        {
            TerminalContent content = await reader.ReadTerminalAsync(terminal.Task);
            if (content.Offset != 0 || content.Data.Length != terminal.Length || content.ExitCode != terminal.ExitCode
                || terminal.FirstDifference(0, content.Data.Span) is not null)
            {
                report.Violated($"{terminal.Task} has {content.Data.Length} bytes from {content.Offset} on and the "
                    + $"exit code {content.ExitCode}; acknowledged were {terminal.Length} and {terminal.ExitCode}");
            }
        }

        foreach (string task in _abandoned!.Tasks)
        {
            if (LeaseChecks.OfLostTask(task, (await reader.ReadTerminalAsync(task)).ExitCode) is { } unended)
            {
                report.Violated(unended);
            }
        }

        report.Write($"{history.Count} events in history, {_viewers.Sum(viewer => viewer.View.Count)} seen by "
            + $"{_viewers.Count} clients, {_terminalViewers.Sum(viewer => viewer.View.Next)} bytes by "
            + $"{_terminalViewers.Count}");
        report.Write($"connections that ended: {_watch.Reasons}");
    }

    private ClientSeat Seat(string name, int number) => new(system, _watch, name, number, () => _isFinishing);
}
