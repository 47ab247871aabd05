using Realtime.Loadtests.Measuring;

namespace Realtime.Tests.Loadtests;

public class FullCollectionTests
{
    [Fact]
    public async Task A_process_makes_a_full_collection_when_asked()
    {
        int before = GC.CollectionCount(GC.MaxGeneration);

        bool made = await FullCollection.RequestAsync(Environment.ProcessId, CancellationToken.None);

        Assert.True(made);
        Assert.True(GC.CollectionCount(GC.MaxGeneration) > before);
    }

    [Fact]
    public async Task A_process_without_a_diagnostic_port_is_told() =>
        Assert.False(await FullCollection.RequestAsync(int.MaxValue, CancellationToken.None));
}
