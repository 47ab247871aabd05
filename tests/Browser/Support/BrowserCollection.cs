using Realtime.Tests.Conformance;

namespace Realtime.Tests.Browser.Support;

/// <summary>All browser tests: one after the other, in one Chromium, on one system that they do things to.</summary>
[CollectionDefinition(Name)]
public sealed class BrowserCollection : ICollectionFixture<Chromium>, ICollectionFixture<ConformanceScene>
{
    public const string Name = "Browser";
}
