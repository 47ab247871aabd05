namespace Realtime.Edge;

/// <summary>The stages, as labels of metrics.</summary>
internal enum EdgeStage
{
    /// <summary>Before a word is said.</summary>
    Tls,

    /// <summary>Not too often, whoever it is.</summary>
    Door,

    /// <summary>From whose page?</summary>
    Origins,

    /// <summary>Who is it?</summary>
    Auth,

    /// <summary>Is the edge to stay?</summary>
    Draining,

    /// <summary>Not too many?</summary>
    Limits,

    /// <summary>To which worker, and its answer.</summary>
    Forwarding,

    /// <summary>The operators' door.</summary>
    Admin,
}
