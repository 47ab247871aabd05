namespace Realtime.Tests.Chaos.Producers;

/// <summary>How a producer keeps its events from being stored twice, and what it holds.</summary>
internal enum SdkProducerKind
{
    /// <summary>Each event has a key.</summary>
    Keyed,

    /// <summary>Its events are numbered, and it begins a new life now and then.</summary>
    Numbered,

    /// <summary>Its events are numbered in one life, and it holds a lease on one of its agents.</summary>
    Leasing,
}
