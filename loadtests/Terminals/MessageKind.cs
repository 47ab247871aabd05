namespace Realtime.Loadtests.Terminals;

/// <summary>Messages that a viewer of terminals looks into.</summary>
internal enum MessageKind
{
    /// <summary>None of those below.</summary>
    Other,

    /// <summary>First of all.</summary>
    Welcome,

    /// <summary>Where delivery begins.</summary>
    Subscribed,

    /// <summary>Bytes.</summary>
    Terminal,

    /// <summary>Bytes that will not come, told.</summary>
    Gap,

    /// <summary>Something was refused.</summary>
    Error,
}
