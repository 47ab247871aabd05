using Realtime.Tests.Browser.Support;
using Realtime.Tests.EndToEnd;

namespace Realtime.Tests.Conformance;

/// <summary>The TypeScript SDK in Chromium.</summary>
[Collection(BrowserCollection.Name)]
public sealed class ChromiumConformance(ConformanceScene scene, Chromium chromium)
    : ConformanceSuite(scene)
{
    private readonly ConformanceScene _scene = scene;

    // A page of the edge behind the network that is cut: to the SDK it is the same origin.
    private protected override async Task<ISdkDriver> StartDriverAsync(RealtimeSystem system) =>
        await PageDriver.StartAsync(await chromium.NewContextAsync(), _scene.Url);
}
