using Realtime.Loadtests.Measuring;

namespace Realtime.Tests.EndToEnd;

/// <summary>Takes the garbage out of what another process is measured at.</summary>
internal static class ProcessGarbage
{
    /// <summary>
    /// Has it collect all garbage, twice, as what the first finds without an owner may only be let go by the second.
    /// </summary>
    public static async Task CollectAsync(int pid)
    {
        for (int i = 0; i < 2; i++)
        {
            Assert.True(await FullCollection.RequestAsync(pid, CancellationToken.None), "It was not collected.");
        }
    }
}
