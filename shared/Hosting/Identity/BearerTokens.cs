using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Realtime.Hosting.Configuration;
using Realtime.Hosting.Files;

namespace Realtime.Hosting.Identity;

/// <summary>
/// Bearer tokens that are configured, of operators or of those who read metrics, as hashes: compared in constant time,
/// whatever length is offered. Those of a file are read again when it changes.
/// </summary>
public sealed class BearerTokens
{
    /// <summary>Shortest token: 16 characters of a random text are beyond guessing over a network.</summary>
    public const int LengthMin = 16;

    /// <summary>Most tokens in a file: one in use, a new one, and room.</summary>
    public const int TokensMax = 5;

    private readonly byte[][] _fixed = [];
    private readonly WatchedFile<byte[][]>? _file;

    /// <summary>Reads them.</summary>
    /// <param name="token">The one that is configured, if any.</param>
    /// <param name="file">The file that holds them, if any.</param>
    /// <param name="fileKey">The configuration key that names the file.</param>
    /// <param name="isDevelopment">Whether tokens that anybody can read in documents are good enough.</param>
    /// <param name="files">Watches the file.</param>
    /// <exception cref="ConfigurationErrorException">The file can't be used.</exception>
    public BearerTokens(string? token, string? file, string fileKey, bool isDevelopment, WatchedFiles files)
    {
        _fixed = token is null ? [] : [HashOf(token)];
        if (file is null)
        {
            return;
        }

        try
        {
            _file = files.Watch(fileKey, [file], contents => Read(contents[0], isDevelopment));
        }
        catch (BadFileException error)
        {
            throw Unusable(
                fileKey, file, error.Message,
                error.Message == PublicSecrets.Rule ? PublicSecrets.Cure : "write one to it: openssl rand -hex 32");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unusable(
                fileKey, file, "must be a readable file", "correct the path or the file's permissions");
        }
    }

    /// <summary>Whether there is any, so that one is asked for.</summary>
    public bool Any => _fixed.Length > 0 || _file is not null;

    /// <summary>The token that a request offers as <c>Authorization: Bearer</c>; null if it offers none.</summary>
    public static string? OfferedBy(HttpRequest request) =>
        System.Net.Http.Headers.AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var offered)
        && offered.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)
            ? offered.Parameter
            : null;

    /// <summary>Whether it is one of them.</summary>
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
        if (tokens.Length is 0 or > TokensMax)
        {
            throw new BadFileException($"must hold 1 to {TokensMax} tokens, one a line");
        }

        if (tokens.Any(token => token.Length < LengthMin))
        {
            throw new BadFileException($"must hold at least {LengthMin} characters in each line");
        }

        return isDevelopment || !tokens.Any(PublicSecrets.Contains)
            ? [.. tokens.Select(HashOf)]
            : throw new BadFileException(PublicSecrets.Rule);
    }

    private static ConfigurationErrorException Unusable(string key, string file, string rule, string cure) =>
        new([new(key, file, rule, cure)]);

    private static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
