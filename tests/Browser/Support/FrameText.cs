using Microsoft.Playwright;
using Realtime.Tests.Support;

namespace Realtime.Tests.Browser.Support;

/// <summary>A frame of a page's socket as JSON, whichever of the two formats the page speaks.</summary>
internal static class FrameText
{
    public static string AsJson(this IWebSocketFrame frame) =>
        frame.Binary is { Length: > 0 } binary && binary[0] != '{'
            ? MessagePackJson.ToJson(binary)
            : frame.Text ?? "";
}
