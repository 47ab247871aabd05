using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Realtime.Cli.Connections;

/// <summary>The certificate that <c>--ca</c> names.</summary>
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

    private static CliException Usage(string message) => new(message, ExitCodes.Usage);
}
