namespace Realtime.Tests.Chaos.Checking;

/// <summary>The checker itself: fed with what went wrong it says so, and with what went well it is silent.</summary>
public partial class CheckerTests
{
    private const string Id1 = "3:1000-1.aaaaaa", Id2 = "3:1000-2.aaaaaa", Id3 = "3:1005-3.aaaaaa",
        Id4 = "3:1010-4.aaaaaa";

    private static readonly EventFacts A1 = new("tasks", "agent.step", "a1", null, null, null);
    private static readonly EventFacts A2 = new("tasks", "agent.step", "a2", null, null, null);
    private static readonly EventFacts Status = new("agents", "agent.status", "a1", null, null, "agent:a1:status");

    private readonly Ledger _ledger = new();
    private readonly List<HistoryEntry> _history = [];

    [Fact]
    public void A_good_run_is_good()
    {
        Stored("k1", "a1", 0, A1, Id1);
        Stored("k2", "a2", 0, A2, Id2);
        Stored("k3", "a1", 1, A1, Id3);
        ClientView view = View(ViewStart.First, Id1, Id3);

        Assert.Empty(LogChecks.Check(_ledger, _history));
        Assert.Empty(ViewChecks.Check(view, _ledger, _history));
        Assert.Equal(2, ViewChecks.Due(view, _ledger, _history));
    }

    [Fact]
    public void An_acknowledged_event_that_is_not_in_history_is_lost()
    {
        Acknowledged("k1", "a1", 0, A1, Id1);

        Assert.StartsWith("lost: k1", Assert.Single(LogChecks.Check(_ledger, _history)));
    }

    [Fact]
    public void An_event_that_only_its_number_is_remembered_of_must_be_somewhere()
    {
        _ledger.Sending("k1", "a1", 0, A1);
        _ledger.Acknowledged("k1", null);
        Assert.StartsWith("lost: k1", Assert.Single(LogChecks.Check(_ledger, _history)));

        InHistory("k1", A1, Id1);
        Assert.Empty(LogChecks.Check(_ledger, _history));
        Assert.Equal(1, _ledger.AcknowledgedCount);
    }

    [Fact]
    public void An_event_that_was_not_acknowledged_may_be_there_or_not()
    {
        _ledger.Sending("k1", "a1", 0, A1);
        _ledger.Sending("k2", "a1", 1, A1);
        InHistory("k2", A1, Id1);

        Assert.Empty(LogChecks.Check(_ledger, _history));
        Assert.Contains("missing", Assert.Single(ViewChecks.Check(View(ViewStart.First), _ledger, _history)));
    }

    [Fact]
    public void An_event_that_stands_twice_is_told()
    {
        Stored("k1", "a1", 0, A1, Id1);
        InHistory("k1", A1, Id2);

        Assert.Contains(LogChecks.Check(_ledger, _history), wrong => wrong.StartsWith("stored twice: k1"));
    }

    [Fact]
    public void An_event_that_was_acknowledged_as_two_is_told()
    {
        Stored("k1", "a1", 0, A1, Id1);
        _ledger.Acknowledged("k1", Id1);
        Assert.Empty(LogChecks.Check(_ledger, _history));

        _ledger.Acknowledged("k1", Id2);
        Assert.Contains("then as", Assert.Single(LogChecks.Check(_ledger, _history)));
    }

    [Fact]
    public void An_event_that_stands_elsewhere_than_acknowledged_is_told()
    {
        Acknowledged("k1", "a1", 0, A1, Id2);
        InHistory("k1", A1, Id1);

        Assert.Contains("stands at", Assert.Single(LogChecks.Check(_ledger, _history)));
    }

    [Fact]
    public void A_group_out_of_order_is_told()
    {
        Stored("k2", "a1", 1, A1, Id1);
        Stored("k1", "a1", 0, A1, Id2);

        Assert.StartsWith("out of order: a1", Assert.Single(LogChecks.Check(_ledger, _history)));
    }

    [Fact]
    public void A_group_on_two_partitions_is_told()
    {
        Stored("k1", "a1", 0, A1, Id1);
        Stored("k2", "a1", 1, A1, "4:1000-1.bbbbbb");

        Assert.StartsWith("out of order: a1", Assert.Single(LogChecks.Check(_ledger, _history)));
    }

    [Fact]
    public void A_hole_in_a_stream_is_told()
    {
        Stored("k1", "a1", 0, A1, Id1);
        Stored("k2", "a1", 1, A1, Id3);

        Assert.Contains("where offset 2 should be", Assert.Single(LogChecks.Check(_ledger, _history)));
    }

    [Fact]
    public void Another_epoch_or_time_that_goes_back_in_a_stream_is_told()
    {
        Stored("k1", "a1", 0, A1, Id1);
        Stored("k2", "a1", 1, A1, "3:1000-2.bbbbbb");
        Stored("k3", "a1", 2, A1, "3:999-3.bbbbbb");

        Assert.Equal(2, LogChecks.Check(_ledger, _history).Count());
    }

    [Fact]
    public void An_event_from_nowhere_or_changed_is_told()
    {
        InHistory("k1", A1, Id1);
        Acknowledged("k2", "a1", 0, A1, Id2);
        InHistory("k2", A2, Id2);

        Assert.Collection(
            LogChecks.Check(_ledger, _history).Order(), wrong => Assert.Contains("was sent as", wrong),
            wrong => Assert.StartsWith("nobody sent k1", wrong));
    }

    [Fact]
    public void A_terminal_with_wrong_missing_or_repeated_bytes_or_no_end_is_told()
    {
        var truth = new TerminalTruth("t1", 7) { ExitCode = 3 };
        truth.Acknowledged(100);

        Assert.Empty(Wrong(3, (0, truth.Bytes(0, 60)), (60, truth.Bytes(60, 40))));
        Assert.Contains("missing", Assert.Single(Wrong(3, (0, truth.Bytes(0, 60)))));
        Assert.Contains("missing", Assert.Single(Wrong(null, (0, truth.Bytes(0, 100)))));
        Assert.Contains("is next", Assert.Single(Wrong(3, (0, truth.Bytes(0, 60)), (61, truth.Bytes(61, 39)))));
        Assert.Contains("is next", Assert.Single(Wrong(3, (0, truth.Bytes(0, 60)), (50, truth.Bytes(50, 50)))));
        byte[] wrong = truth.Bytes(0, 100);
        wrong[42]++;
        Assert.Contains("wrong byte at 42", Assert.Single(Wrong(3, (0, wrong))));

        IEnumerable<string> Wrong(int? exitCode, params (long Offset, byte[] Bytes)[] seen)
        {
            var view = new TerminalView("c", truth);
            foreach ((long offset, byte[] bytes) in seen)
            {
                view.Saw(offset, bytes);
            }

            if (exitCode is { } code)
            {
                view.SawEnd(code);
            }

            return view.Check();
        }
    }

    [Theory]
    [InlineData("a1", "a1", true)]
    [InlineData("a*", "a1", true)]
    [InlineData("*", "a1", true)]
    [InlineData("*", null, false)]
    [InlineData("a", "a1", false)]
    [InlineData("b*", "a1", false)]
    public void A_filter_matches_by_name_and_by_prefix(string pattern, string? name, bool matches) => Assert.Equal(
        matches, new ChaosFilter { Tasks = [pattern] }.Matches(A1 with { Task = name }));

    // In a view of agent a1, under the keys that FourStored and the ids give.
    private static ClientView View(ViewStart start, params string[] ids)
    {
        var view = new ClientView("c", new ChaosFilter { Agents = ["a1"] }, start);
        foreach (string id in ids)
        {
            view.Saw(id, id switch { Id1 => "k1", Id2 => "k2", Id3 => "k3", Id4 => "k4", _ => id });
        }

        return view;
    }

    private void FourStored()
    {
        Stored("k1", "a1", 0, A1, Id1);
        Stored("k2", "a1", 1, A1, Id2);
        Stored("k3", "a1", 2, A1, Id3);
        Stored("k4", "a1", 3, A1, Id4);
    }

    private void Stored(string key, string group, int number, EventFacts facts, string id)
    {
        Acknowledged(key, group, number, facts, id);
        InHistory(key, facts, id);
    }

    private void Acknowledged(string key, string group, int number, EventFacts facts, string id)
    {
        _ledger.Sending(key, group, number, facts);
        _ledger.Acknowledged(key, id);
    }

    private void InHistory(string key, EventFacts facts, string id) =>
        _history.Add(new HistoryEntry(Place.Parse(id), key, facts));
}
