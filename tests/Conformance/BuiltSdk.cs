using Realtime.Tests.Support;

namespace Realtime.Tests.Conformance;

/// <summary>The TypeScript SDK as it was built; tests/run.sh builds it before the tests.</summary>
internal static class BuiltSdk
{
    /// <summary>The driver for Node.</summary>
    public static string NodeDriver => Find("conformance/node.mjs", "dist/index.js");

    /// <summary>The driver for pages, in one file with the SDK.</summary>
    public static string BrowserDriver => Find("dist-conformance/browser.js", "dist-conformance/browser.js");

    private static string Find(string file, string built)
    {
        string directory = Path.Combine(Repository.Root, "shared", "client-js");
        return File.Exists(Path.Combine(directory, built))
            ? Path.Combine(directory, file)
            : throw new InvalidOperationException(
                $"{built} is missing in shared/client-js. Build it there: "
                + "npm ci && npm run build && npm run build:conformance (tests/run.sh does so).");
    }
}
