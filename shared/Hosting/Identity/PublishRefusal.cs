namespace Realtime.Hosting.Identity;

/// <summary>What of an event the grants do not allow to publish.</summary>
public enum PublishRefusal
{
    /// <summary>They allow all of it.</summary>
    None,

    /// <summary>The event itself.</summary>
    Event,

    /// <summary>Its state key: the value would take the place of one that is not its publisher's to set.</summary>
    StateKey,

    /// <summary>Its group: numbers in it would fence a producer that is not its publisher's.</summary>
    Group,
}
