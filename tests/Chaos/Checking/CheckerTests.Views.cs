namespace Realtime.Tests.Chaos.Checking;

// What clients see.
public partial class CheckerTests
{
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
    public void Who_is_live_must_not_see_what_was_acknowledged_long_before_it_asked()
    {
        Stored("k1", "a1", 0, A1, Id1);
        long now = TimeProvider.System.GetTimestamp();

        Assert.Empty(Wrong(ViewStart.Live, seconds: 10));
        Assert.Contains("before it asked", Assert.Single(Wrong(ViewStart.Live, seconds: 20)));
        Assert.Contains(Wrong(ViewStart.Snapshot, seconds: 20), wrong => wrong.Contains("before it asked"));
        Assert.Empty(Wrong(ViewStart.First, seconds: 20));

        IEnumerable<string> Wrong(ViewStart start, int seconds)
        {
            ClientView view = View(start, Id1);
            view.AskedAt = now + seconds * TimeProvider.System.TimestampFrequency;
            view.Completed();
            return ViewChecks.Check(view, _ledger, _history);
        }
    }
}
