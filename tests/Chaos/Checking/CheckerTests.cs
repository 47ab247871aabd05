namespace Realtime.Tests.Chaos.Checking;

/// <summary>The checker itself: fed with what went wrong it says so, and with what went well it is silent.</summary>
public class CheckerTests
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
    public void An_event_that_comes_twice_is_told()
    {
        ClientView view = View(ViewStart.First, Id1);
        view.Saw(Id1, "k1");

        Assert.Contains(view.Violations, wrong => wrong.Contains("twice"));
    }

    [Fact]
    public void An_event_stored_twice_is_seen_twice()
    {
        ClientView view = View(ViewStart.First, Id1);
        view.Saw(Id2, "k1");

        Assert.Contains("twice", Assert.Single(view.Violations));
    }

    [Fact]
    public void Events_of_a_stream_out_of_order_are_told_and_those_of_two_streams_are_not()
    {
        Assert.Empty(View(ViewStart.First, Id2, "4:900-1.bbbbbb", Id3).Violations);
        Assert.Contains("out of order", Assert.Single(View(ViewStart.First, Id2, Id1).Violations));
    }

    [Fact]
    public void Another_epoch_is_told() =>
        Assert.Contains("epoch", Assert.Single(View(ViewStart.First, Id1, "3:1001-2.bbbbbb").Violations));

    [Fact]
    public void A_gap_is_told_although_it_was_announced()
    {
        ClientView view = View(ViewStart.First);
        view.ToldGap("3: 5 missing");

        Assert.Contains("gap", Assert.Single(view.Violations));
    }

    [Theory]
    [InlineData("k1")]
    [InlineData("k2")]
    [InlineData("k4")]
    public void From_the_first_event_on_none_may_be_missing(string missing)
    {
        FourStored();
        string[] seen = [.. new[] { Id1, Id2, Id3, Id4 }.Where((_, i) => $"k{i + 1}" != missing)];
        ClientView view = View(ViewStart.First);
        foreach (string id in seen)
        {
            view.Saw(id, _history.Single(entry => entry.Place == Place.Parse(id)).Key);
        }

        Assert.Contains(missing, Assert.Single(ViewChecks.Check(view, _ledger, _history)));
    }

    [Fact]
    public void Who_is_live_may_miss_what_was_sent_before_it_was_confirmed_and_nothing_after()
    {
        Stored("k1", "a1", 0, A1, Id1);
        Stored("k2", "a1", 1, A1, Id2);
        long active = _ledger.Now();
        Stored("k3", "a1", 2, A1, Id3);
        Stored("k4", "a1", 3, A1, Id4);

        Assert.Empty(Wrong((Id3, "k3"), (Id4, "k4")));
        Assert.Empty(Wrong((Id2, "k2"), (Id3, "k3"), (Id4, "k4")));
        Assert.Contains("k3", Assert.Single(Wrong((Id2, "k2"), (Id4, "k4"))));
        Assert.Contains("k3", Assert.Single(Wrong((Id4, "k4"))));
        Assert.Contains("k4", Assert.Single(Wrong((Id3, "k3"))));
        Assert.Empty(Wrong((Id1, "k1"), (Id2, "k2"), (Id3, "k3"), (Id4, "k4")));

        IEnumerable<string> Wrong(params (string Id, string Key)[] seen)
        {
            ClientView view = new("c", new ChaosFilter(), ViewStart.Live) { ActiveAt = active };
            foreach ((string id, string key) in seen)
            {
                view.Saw(id, key);
            }

            return ViewChecks.Check(view, _ledger, _history);
        }
    }

    [Fact]
    public void What_does_not_match_or_is_in_no_history_is_told()
    {
        Stored("k1", "a2", 0, A2, Id1);

        Assert.Contains("does not have", Assert.Single(ViewChecks.Check(
            View(ViewStart.First, Id1), _ledger, _history)));
    }

    [Fact]
    public void A_snapshot_must_be_whole_and_end_at_the_newest_value()
    {
        Stored("k1", "a1", 0, Status, Id1);
        Stored("k2", "a1", 1, Status, Id2);
        long active = _ledger.Now();
        Stored("k3", "a1", 2, Status, Id3);

        Assert.Empty(Wrong((Id2, "k2"), isComplete: true, (Id3, "k3")));
        Assert.Contains("never got a whole", Assert.Single(Wrong((Id2, "k2"), isComplete: false, (Id3, "k3"))));
        Assert.Empty(Wrong((Id1, "k1"), isComplete: true, (Id2, "k2"), (Id3, "k3")));
        Assert.Empty(Wrong((Id3, "k3"), isComplete: true, (Id3, "k3")));
        Assert.Contains("nobody stored", Assert.Single(Wrong((Id2, "k7"), isComplete: true, (Id3, "k3"))));
        Assert.Contains(Wrong((Id2, "k2"), isComplete: true), wrong => wrong.Contains("old value"));

        IEnumerable<string> Wrong(
            (string Id, string Key)? value, bool isComplete, params (string Id, string Key)[] seen)
        {
            ClientView view = new("c", new ChaosFilter(), ViewStart.Snapshot) { ActiveAt = active };
            if (value is { } given)
            {
                view.SawValue("agent:a1:status", given.Id, given.Key);
            }

            if (isComplete)
            {
                view.Completed();
            }

            foreach ((string id, string key) in seen)
            {
                view.Saw(id, key);
            }

            return ViewChecks.Check(view, _ledger, _history);
        }
    }

    [Fact]
    public void Values_that_nobody_asked_for_are_told()
    {
        ClientView view = View(ViewStart.Live);
        view.SawValue("agent:a1:status", Id1, "k1");

        Assert.Contains("no snapshot", Assert.Single(view.Violations));
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
