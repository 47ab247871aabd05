using System.Security.Cryptography;
using System.Text;
using Realtime.Hosting.Configuration;
using Realtime.Hosting.Identity;

namespace Realtime.Edge.Admin;

/// <summary>The operators' token, as a hash: compared in constant time, whatever length is offered.</summary>
internal sealed class AdminToken
{
    private readonly byte[] _hash;

    public AdminToken(AdminOptions options, ConnectionPlaneOptions plane)
    {
        string token = options.AdminToken ?? File.ReadAllText(options.AdminTokenFile!).Trim();
        if (token.Length < AdminOptions.TokenLengthMin)
        {
            throw new ConfigurationErrorException(
            [
                new($"{AdminOptions.Section}:admin_token_file", options.AdminTokenFile,
                    $"must hold at least {AdminOptions.TokenLengthMin} characters",
                    "write one to it: openssl rand -hex 32"),
            ]);
        }

        if (!plane.Development && PublicSecrets.Contains(token))
        {
            throw new ConfigurationErrorException(
            [
                new($"{AdminOptions.Section}:admin_token_file", options.AdminTokenFile, PublicSecrets.Rule,
                    PublicSecrets.Cure),
            ]);
        }

        _hash = HashOf(token);
    }

    public bool Matches(string offered) => CryptographicOperations.FixedTimeEquals(HashOf(offered), _hash);

    private static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
