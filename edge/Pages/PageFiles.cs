using System.Collections.Immutable;
using System.Reflection;

namespace Realtime.Edge.Pages;

/// <summary>
/// The pages that this edge serves. They are part of the assembly (<c>Pages.targets</c>), so that they are there
/// wherever it runs; a build without Node.js leaves them out.
/// </summary>
public sealed class PageFiles
{
    private const string ResourcePrefix = "pages/";
    private const string Index = "index.html";

    internal PageFiles(bool enabled, IEnumerable<(string Path, byte[] Content)> files)
    {
        IsEnabled = enabled;
        All = enabled ? [.. files.Select(file => new PageFile(file.Path, file.Content))] : [];
        Start = All.FirstOrDefault(file => file.Path == Index);
    }

    /// <summary>Whether there is a page to be opened.</summary>
    public bool Any => Start is not null;

    /// <summary>Whether the configuration wants them.</summary>
    internal bool IsEnabled { get; }

    internal ImmutableArray<PageFile> All { get; }

    /// <summary>What <c>/</c> shows.</summary>
    internal PageFile? Start { get; }

    /// <summary>Reads what was built into an assembly.</summary>
    internal static PageFiles Read(Assembly assembly, PagesOptions options) => new(
        options.Enabled,
        assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name => (name[ResourcePrefix.Length..], ReadAll(assembly, name))));

    private static byte[] ReadAll(Assembly assembly, string name)
    {
        using Stream stream = assembly.GetManifestResourceStream(name)!;
        byte[] content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
