namespace Realtime.Tests.Browser.Support;

/// <summary>All browser tests: one after the other, in one Chromium.</summary>
[CollectionDefinition(Name)]
public sealed class BrowserCollection : ICollectionFixture<Chromium>
{
    public const string Name = "Browser";
}
