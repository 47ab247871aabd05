using System.Collections.Immutable;
using System.Text;
using Realtime.Hosting.Files;

namespace Realtime.Hosting.Identity.Keys;

/// <summary>
/// Shared secrets as bytes: those that stand in the configuration, then those of a file, as it is now.
/// </summary>
internal sealed class SecretList
{
    private readonly byte[][] _fixed;
    private readonly WatchedFile<byte[][]>? _file;

    /// <summary>Reads them once.</summary>
    public SecretList(IEnumerable<string> secrets) => _fixed = BytesOf(secrets);

    /// <summary>Reads them, and the file again when it changes.</summary>
    /// <param name="inPlace">Those in the configuration.</param>
    /// <param name="file">The file, one a line; null if there is none.</param>
    /// <param name="countMax">How many they may be together.</param>
    /// <param name="name">The file's configuration key.</param>
    /// <param name="isDevelopment">Whether public secrets are accepted.</param>
    /// <param name="files">Who looks at the file.</param>
    public SecretList(
        ImmutableArray<string> inPlace, string? file, int countMax, string name, bool isDevelopment,
        WatchedFiles files)
    {
        _fixed = BytesOf(inPlace);
        if (file is null)
        {
            return;
        }

        _file = files.Watch(name, [file], contents =>
        {
            string[] all = [.. inPlace, .. SecretFile.LinesOf(contents[0])];
            return SecretRules.BrokenBy(all, countMax, isDevelopment) is string rule
                ? throw new BadFileException(rule)
                : BytesOf(all);
        });
    }

    /// <summary>All of them, in their order.</summary>
    public byte[][] Current => _file?.Current ?? _fixed;

    private static byte[][] BytesOf(IEnumerable<string> secrets) => [.. secrets.Select(Encoding.UTF8.GetBytes)];
}
