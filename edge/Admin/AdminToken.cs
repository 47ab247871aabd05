using System.Security.Cryptography;
using System.Text;
using Realtime.Hosting.Configuration;
using Realtime.Hosting.Files;
using Realtime.Hosting.Identity;

namespace Realtime.Edge.Admin;

/// <summary>
/// The operators' tokens, as hashes: compared in constant time, whatever length is offered. Those of a file are read
/// again when it changes.
/// </summary>
internal sealed class AdminToken
{
    private const string FileKey = $"{AdminOptions.Section}:admin_token_file";

    private readonly byte[][] _fixed = [];
    private readonly WatchedFile<byte[][]>? _file;

    public AdminToken(AdminOptions options, ConnectionPlaneOptions plane, WatchedFiles files)
    {
        if (options.AdminTokenFile is not { } file)
        {
            _fixed = [HashOf(options.AdminToken!)];
            return;
        }

        try
        {
            _file = files.Watch(FileKey, [file], contents => Read(contents[0], plane.Development));
        }
        catch (BadFileException error)
        {
            throw Unusable(
                file, error.Message,
                error.Message == PublicSecrets.Rule ? PublicSecrets.Cure : "write one to it: openssl rand -hex 32");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unusable(file, "must be a readable file", "correct the path or the file's permissions");
        }
    }

    public bool Matches(string offered)
    {
        byte[] hash = HashOf(offered);
        bool found = false;
        foreach (byte[] known in _file?.Current ?? _fixed)
        {
            found |= CryptographicOperations.FixedTimeEquals(hash, known);
        }

        return found;
    }

    private static byte[][] Read(byte[] content, bool isDevelopment)
    {
        string[] tokens = Encoding.UTF8.GetString(content).TrimStart('\uFEFF')
            .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (tokens.Length is 0 or > AdminOptions.TokensMax)
        {
            throw new BadFileException($"must hold 1 to {AdminOptions.TokensMax} tokens, one a line");
        }

        if (tokens.Any(token => token.Length < AdminOptions.TokenLengthMin))
        {
            throw new BadFileException($"must hold at least {AdminOptions.TokenLengthMin} characters in each line");
        }

        return isDevelopment || !tokens.Any(PublicSecrets.Contains)
            ? [.. tokens.Select(HashOf)]
            : throw new BadFileException(PublicSecrets.Rule);
    }

    private static ConfigurationErrorException Unusable(string file, string rule, string cure) =>
        new([new(FileKey, file, rule, cure)]);

    private static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
