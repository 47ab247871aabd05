namespace Realtime.Edge.Pages;

/// <summary>How a request for a page was answered: a closed set, safe as a metric's label.</summary>
internal enum PageAnswer
{
    /// <summary>With the file.</summary>
    Served,

    /// <summary>The client has it already.</summary>
    NotModified,

    /// <summary>This edge has no pages.</summary>
    Missing,
}
