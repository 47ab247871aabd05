using System.ComponentModel.DataAnnotations;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Realtime.Log.Redis;

/// <summary>
/// The password that is shown to Redis, and whom we take for Redis: read anew for each connection, since orchestrators
/// replace the files. While a file is away, or half written, what was read last stays.
/// </summary>
internal sealed class RedisSecurity(RedisOptions options)
{
    private const int FileBytesMax = 64 * 1024;

    private string? _password = options.Password;
    private X509Certificate2Collection? _authorities;

    /// <summary>The password; null if there is none.</summary>
    public string? Password => _password;

    /// <summary>Looks at the files.</summary>
    public void Refresh()
    {
        if (options.PasswordFile is { } passwordFile && TryReadPassword(passwordFile) is { } password)
        {
            _password = password;
        }

        if (options.CaFile is { } caFile && TryReadAuthorities(caFile) is { } authorities)
        {
            _authorities = authorities;
        }
    }

    /// <summary>Whether a server's certificate is to be trusted; for the library and for the diagnosis alike.</summary>
    public bool IsTrusted(X509Certificate? certificate, SslPolicyErrors errors) =>
        FindFault(certificate, errors) is null;

    /// <summary>What is wrong with a server's certificate, and what to do about it; null: nothing.</summary>
    public string? FindFault(X509Certificate? certificate, SslPolicyErrors errors)
    {
        if (certificate is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
        {
            return "it shows no certificate";
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            return "its certificate is for another name; connect by a name that it bears, or set "
                + $"{RedisOptions.Section}:tls_host";
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        if (_authorities is { } authorities)
        {
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        using var copy = new X509Certificate2(certificate);
        if (chain.Build(copy))
        {
            return null;
        }

        X509ChainStatusFlags status = chain.ChainStatus.Aggregate(
            X509ChainStatusFlags.NoError, static (all, one) => all | one.Status);
        return status.HasFlag(X509ChainStatusFlags.NotTimeValid)
            ? "its certificate has run out, or is not valid yet; renew it, or correct the clock"
            : $"its certificate is not of a trusted authority; set {RedisOptions.Section}:ca_file to the one that "
                + "made it";
    }

    /// <summary>What is wrong with the options.</summary>
    public static IEnumerable<ValidationResult> Check(RedisOptions options)
    {
        if (options.Password is not null && options.PasswordFile is not null)
        {
            yield return new("and password_file are both set; remove one", [nameof(RedisOptions.Password)]);
        }

        if (options.PasswordFile is { } passwordFile && TryReadPassword(passwordFile) is null)
        {
            yield return new(
                "must name a readable file of at most 64 KiB with a password on its first line; correct the path, the "
                + "file or its permissions",
                [nameof(RedisOptions.PasswordFile)]);
        }

        if (options.CaFile is { } caFile && TryReadAuthorities(caFile) is null)
        {
            yield return new(
                "must name a readable PEM file of certificates; correct the path or the file",
                [nameof(RedisOptions.CaFile)]);
        }

        if (!options.Tls && (options.CaFile ?? options.TlsHost) is not null)
        {
            yield return new(
                "must be true where ca_file or tls_host is set: without TLS nobody is verified; set it, or remove "
                + "the others",
                [nameof(RedisOptions.Tls)]);
        }

        if (options.TlsHost is { } host && Uri.CheckHostName(host) == UriHostNameType.Unknown)
        {
            yield return new("must be a host name or address; correct it", [nameof(RedisOptions.TlsHost)]);
        }
    }

    private static string? TryReadPassword(string path)
    {
        try
        {
            if (new FileInfo(path).Length > FileBytesMax)
            {
                return null;
            }

            string line = File.ReadAllText(path, Encoding.UTF8).Split('\n', 2)[0].Trim();
            return line.Length > 0 ? line : null;
        }
        catch (Exception error) when (IsOfFile(error))
        {
            return null;
        }
    }

    private static X509Certificate2Collection? TryReadAuthorities(string path)
    {
        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPemFile(path);
            return authorities.Count > 0 ? authorities : null;
        }
        catch (Exception error) when (IsOfFile(error) || error is CryptographicException)
        {
            return null;
        }
    }

    private static bool IsOfFile(Exception error) =>
        error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException;
}
