using Realtime.Tests.Browser.Support;
using Realtime.Tests.Cli;
using Realtime.Tests.Conformance;
using Realtime.Tests.EndToEnd.Terminals;
using Realtime.Tests.Loadtests;
using Realtime.Tests.Log.Redis;
using Xunit.Abstractions;

[assembly: TestCollectionOrderer("Realtime.Tests.Support.LongestFirst", "Realtime.Tests")]

namespace Realtime.Tests.Support;

/// <summary>
/// Begins with the collections that take longest, so that none of them is still under way, alone, when all others are
/// over. The others come in any order.
/// </summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    // Half a minute and more each; a collection is called by its name, or by its only class.
    internal static readonly string[] Long =
    [
        BrowserCollection.Name,
        OfClass<ExactTerminalsTests>(),
        OfClass<EventTests>(),
        OfClass<NodeConformance>(),
        OfClass<RedisClusterFaultTests>(),
        OfClass<TerminalRunnerTests>(),
        OfClass<ExecFaultTests>(),
        OfClass<DotnetConformance>(),
        OfClass<Devhost.ReadmeTests>(),
        OfClass<Devhost.DemoTests>(),
    ];

    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderBy(collection => Array.IndexOf(Long, collection.DisplayName) is >= 0 and int place
            ? place
            : Long.Length);

    private static string OfClass<T>() => $"Test collection for {typeof(T).FullName}";
}
