namespace Realtime.Tests.Chaos;

/// <summary>The chaos run has the machine for itself: it comes after the tests that run side by side.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ChaosCollection
{
    public const string Name = "Chaos";
}
