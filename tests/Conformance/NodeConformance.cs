using System.Diagnostics;
using Realtime.Tests.EndToEnd;

namespace Realtime.Tests.Conformance;

/// <summary>The TypeScript SDK in Node.</summary>
public sealed class NodeConformance(ConformanceScene scene)
    : ConformanceSuite(scene), IClassFixture<ConformanceScene>
{
    private protected override Task<ISdkDriver> StartDriverAsync(RealtimeSystem system)
    {
        var start = new ProcessStartInfo("node", [BuiltSdk.NodeDriver]);
        start.Environment["NODE_EXTRA_CA_CERTS"] = system.CertificateFile;
        return Task.FromResult<ISdkDriver>(ProcessDriver.Start(start));
    }
}
