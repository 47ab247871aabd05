namespace Realtime.Tests.EndToEnd.Identities;

/// <summary>What an endpoint asks of a token.</summary>
public enum Need
{
    /// <summary>Nothing: health, and metrics where no token is set.</summary>
    Nothing,

    /// <summary>To read events.</summary>
    Read,

    /// <summary>To read a terminal.</summary>
    ReadTerminal,

    /// <summary>To publish, or to write a terminal.</summary>
    Publish,

    /// <summary>Any grant at all.</summary>
    Some,

    /// <summary>To be an edge that was asked by an operator.</summary>
    Edge,
}
