using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Realtime.Edge;
using Realtime.Edge.Affinity;
using Realtime.Edge.Forwarding;
using Realtime.Hosting.Health;
using Yarp.ReverseProxy.Model;

namespace Realtime.Tests.Edge;

/// <summary>Rendezvous hashing with bounded load, as arithmetic.</summary>
public sealed class WorkerRankingTests
{
    private const int Keys = 2_000;

    private static readonly WorkerRanking Ranking = new(new AffinityOptions());
    private static readonly WorkerRanking WithoutFloor = new(new AffinityOptions { LoadFloor = 0 });

    [Fact]
    public void When_a_worker_goes_only_its_own_keys_move_and_they_spread_over_all_others() =>
        Prop.ForAll(Gen.Choose(2, 12).ToArbitrary(), Gen.Choose(0, 11).ToArbitrary(), (count, which) =>
        {
            Worker[] before = Workers(count);
            Worker gone = before[which % count];
            Worker[] after = [.. before.Where(worker => worker != gone)];
            var movedTo = new HashSet<Worker>();
            foreach (string key in KeysOf(Keys))
            {
                Worker home = Ranking.ByKey(key, before)[0];
                Worker next = Ranking.ByKey(key, after)[0];
                if (home != gone && next != home)
                {
                    return false;
                }

                if (home == gone)
                {
                    movedTo.Add(next);
                }
            }

            return movedTo.Count == after.Length;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20));

    [Fact]
    public void The_order_of_the_list_does_not_matter_and_the_second_choice_is_the_first_without_the_first() =>
        Prop.ForAll(Gen.Choose(2, 12).ToArbitrary(), count =>
        {
            Worker[] workers = Workers(count);
            return KeysOf(100).All(key =>
            {
                ImmutableArray<Worker> ranked = Ranking.ByKey(key, workers);
                Worker[] reversed = [.. workers.Reverse()];
                Worker[] others = [.. workers.Where(worker => worker != ranked[0])];
                return ranked.SequenceEqual(Ranking.ByKey(key, reversed))
                    && ranked[1] == Ranking.ByKey(key, others)[0];
            });
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20));

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(10)]
    public void Keys_spread_evenly(int count)
    {
        Worker[] workers = Workers(count);
        Dictionary<Worker, int> shares = KeysOf(Keys).CountBy(key => Ranking.ByKey(key, workers)[0]).ToDictionary();

        double mean = (double)Keys / count;
        // Four standard deviations of the binomial: passes for ever, as the keys are fixed, and fails a biased hash.
        double slack = 4 * Math.Sqrt(mean);
        Assert.All(workers, worker => Assert.InRange(shares[worker], mean - slack, mean + slack));
    }

    [Fact]
    public void Two_edges_rank_alike()
    {
        // Numbers, not another run of the code: a change of the hash would tear all keys apart in a rolling update.
        string homes = string.Concat(KeysOf(16).Select(key => Ranking.ByKey(key, Workers(4))[0].Id[1..]));

        Assert.Equal("1213302023132312", homes);
    }

    [Fact]
    public void One_key_alone_fills_no_worker_beyond_its_share()
    {
        Worker[] workers = Workers(4);
        for (int i = 1; i <= 1_000; i++)
        {
            WithoutFloor.ByKey("hot", workers)[0].Begin(TrafficKind.WebSocket);
            double bound = Math.Ceiling(1.25 * i / workers.Length);
            Assert.All(workers, worker => Assert.InRange(worker.Load, 0, bound));
        }
    }

    [Fact]
    public void Below_the_floor_a_key_stays_together()
    {
        Worker[] workers = Workers(4);
        Worker home = Ranking.ByKey("hot", workers)[0];
        for (int i = 0; i < 50; i++)
        {
            Assert.Same(home, Ranking.ByKey("hot", workers)[0]);
            home.Begin(TrafficKind.EventStream);
        }

        Assert.NotSame(home, Ranking.ByKey("hot", workers)[0]);
        Assert.Same(home, Ranking.ByKey("hot", workers)[^1]);
    }

    [Fact]
    public void A_report_replaces_what_was_counted_since_the_last_one()
    {
        Worker worker = Workers(1)[0];
        worker.Begin(TrafficKind.WebSocket);
        worker.Begin(TrafficKind.WebSocket);
        Assert.Equal(2, worker.Load);

        worker.Probed(new(WorkerState.Ready, ReportOf(connections: 10)));
        Assert.Equal((10, 2), (worker.Load, worker.Connections));

        worker.End(TrafficKind.WebSocket);
        Assert.Equal((9, 1), (worker.Load, worker.Connections));
    }

    [Fact]
    public void Plain_requests_go_where_fewest_are_in_flight_and_in_turns_where_even()
    {
        Worker[] workers = Workers(3);
        workers[0].Begin(TrafficKind.Request);
        workers[2].Begin(TrafficKind.Request);
        Assert.Equal("w1", Ranking.ByRequests(workers)[0].Id);

        workers[1].Begin(TrafficKind.Request);
        Assert.Equal(3, Enumerable.Range(0, 3).Select(_ => Ranking.ByRequests(workers)[0].Id).Distinct().Count());
    }

    private static Worker[] Workers(int count) => [.. Enumerable.Range(0, count).Select(NewWorker)];

    private static Worker NewWorker(int i)
    {
        var breaker = new Breaker(new(), TimeProvider.System, Random.Shared, changed: null);
        return new(new DestinationState($"w{i}"), breaker, TimeProvider.System);
    }

    private static IEnumerable<string> KeysOf(int count) => Enumerable.Range(0, count).Select(i => $"acme\0task\0t{i}");

    private static ReadinessReport ReportOf(long connections) => new()
    {
        Status = ReadinessStatus.Ready,
        Load = ImmutableSortedDictionary<string, long>.Empty.Add(ReadinessReport.Connections, connections),
    };
}
