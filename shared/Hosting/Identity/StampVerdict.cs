namespace Realtime.Hosting.Identity;

/// <summary>What a stamp is worth.</summary>
public enum StampVerdict
{
    /// <summary>Signature, form or purpose is wrong: whoever sent it is not believed.</summary>
    Wrong,

    /// <summary>
    /// An edge signed it, but it is too old or from the future: a clock is wrong, or it is a copy. Not the client's
    /// fault; another worker may believe it.
    /// </summary>
    Untimely,

    /// <summary>To be believed.</summary>
    Good,
}
