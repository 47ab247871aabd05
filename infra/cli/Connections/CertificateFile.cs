using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Realtime.Cli.Connections;

/// <summary>The certificates that <c>--ca</c> and <c>--client-cert</c> name.</summary>
internal static class CertificateFile
{
    /// <summary>Reads it.</summary>
    /// <exception cref="CliException">It is not there, or no certificate.</exception>
    public static X509Certificate2 Read(string file)
    {
        // OpenSSL's own words for it are an error number.
        if (!File.Exists(file))
        {
            throw Usage($"--ca (REALTIME_CA): the file '{file}' does not exist.");
        }

        try
        {
            return X509CertificateLoader.LoadCertificateFromFile(file);
        }
        catch (Exception failure) when (failure is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw Usage($"--ca (REALTIME_CA): '{file}' is no certificate that can be read: {failure.Message}");
        }
    }

    /// <summary>Reads one to show, with its key.</summary>
    /// <exception cref="CliException">A file is not there, can't be read, or the key is another one's.</exception>
    public static X509Certificate2 ReadWithKey(string file, string keyFile)
    {
        foreach ((string option, string named) in new[]
        {
            ("--client-cert (REALTIME_CLIENT_CERT)", file), ("--client-key (REALTIME_CLIENT_KEY)", keyFile),
        })
        {
            if (!File.Exists(named))
            {
                throw Usage($"{option}: the file '{named}' does not exist.");
            }
        }

        try
        {
            return X509Certificate2.CreateFromPemFile(file, keyFile);
        }
        catch (Exception failure) when (failure
            is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw Usage(
                $"--client-cert, --client-key: '{file}' with the key in '{keyFile}' can't be used: {failure.Message} "
                + "Both must be PEM, belong together, and the key must not be encrypted.");
        }
    }

    private static CliException Usage(string message) => new(message, ExitCodes.Usage);
}
