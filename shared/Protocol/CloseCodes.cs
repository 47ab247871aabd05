namespace Realtime.Protocol;

/// <summary>The one table of close codes; the protocol document shows it, and a test compares the two.</summary>
public static class CloseCodes
{
    /// <summary>
    /// Whether a client should connect again by itself: yes for 1001, 1006, 1011, 1012, 1013, 4408 and 4429 (with
    /// back-off); 4401 only with a fresh token; no for the others.
    /// </summary>
    public static bool ShouldReconnect(int code) =>
        code is 1001 or 1005 or 1006 or 1011 or 1012 or 1013 or 4408 or 4429;
}
