using System.CommandLine;
using System.Security.Cryptography.X509Certificates;
using Realtime.Client;

namespace Realtime.Cli.Connections;

/// <summary>
/// Where the server is and who asks: options that all commands which talk to it have. An option wins over its
/// environment variable.
/// </summary>
internal sealed class ConnectionFlags
{
    private readonly Option<string?> _url = new("--url")
    {
        Description = "The edge's address, such as https://realtime.example.com. Else REALTIME_URL.",
        HelpName = "URL",
    };

    private readonly Option<string?> _token = new("--token")
    {
        Description = "The token. Others on this machine can see it (`ps`): better --token-file or REALTIME_TOKEN.",
        HelpName = "TOKEN",
    };

    private readonly Option<string?> _tokenFile = new("--token-file")
    {
        Description =
            "File that holds the token; read anew at each attempt, and when the token ends. Else REALTIME_TOKEN_FILE.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _authority = new("--ca")
    {
        Description = "PEM file of a self-made certificate (or its authority) to trust. Else REALTIME_CA.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _clientCertificate = new("--client-cert")
    {
        Description =
            "PEM file of the certificate to show to an edge that asks for one, with its key unless --client-key "
            + "names it. Else REALTIME_CLIENT_CERT.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _clientKey = new("--client-key")
    {
        Description = "PEM file of that certificate's key, not encrypted. Else REALTIME_CLIENT_KEY.",
        HelpName = "FILE",
    };

    private readonly Option<bool> _insecure = new("--insecure")
    {
        Description = "Don't check the certificate. Only for addresses of this machine.",
    };

    /// <summary>Gives a command these options.</summary>
    public void AddTo(Command command)
    {
        command.Add(_url);
        command.Add(_token);
        command.Add(_tokenFile);
        command.Add(_authority);
        command.Add(_clientCertificate);
        command.Add(_clientKey);
        command.Add(_insecure);
    }

    /// <summary>Reads them.</summary>
    /// <exception cref="CliException">Something is missing, or wrong: the message says what to give.</exception>
    public ConnectionSettings Read(ParseResult parsed)
    {
        string url = Given(parsed.GetValue(_url), "REALTIME_URL")
            ?? throw Usage("No server is named. Give --url https://HOST, or set REALTIME_URL.");
        if (url.AsSpan().ContainsAny("@?#"))
        {
            throw Usage(
                "--url (REALTIME_URL) must be https://HOST[:PORT], without user, password or query: the token has "
                + "places of its own. What was given is not repeated here, since it may hold a secret.");
        }

        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? address))
        {
            throw Usage($"--url (REALTIME_URL) must be an address such as https://localhost:8443, but is '{url}'.");
        }

        bool isInsecure = parsed.GetValue(_insecure);
        if (isInsecure && !address.IsLoopback)
        {
            throw Usage(
                $"--insecure is for addresses of this machine only, and {address.Host} is none. "
                + "Trust the server's certificate by --ca FILE.");
        }

        string? authority = Given(parsed.GetValue(_authority), "REALTIME_CA");
        (TokenProvider token, bool isRenewable) = ReadToken(parsed);
        return new ConnectionSettings
        {
            Url = address,
            Token = token,
            IsTokenRenewable = isRenewable,
            IsInsecure = isInsecure,
            TrustedCertificate = authority is null || isInsecure ? null : CertificateFile.Read(authority),
            ClientCertificate = ReadClientCertificate(parsed),
        };
    }

    private X509Certificate2? ReadClientCertificate(ParseResult parsed)
    {
        string? key = Given(parsed.GetValue(_clientKey), "REALTIME_CLIENT_KEY");
        if (Given(parsed.GetValue(_clientCertificate), "REALTIME_CLIENT_CERT") is { } certificate)
        {
            return CertificateFile.ReadWithKey(certificate, key ?? certificate);
        }

        return key is null
            ? null
            : throw Usage("--client-key (REALTIME_CLIENT_KEY) is the key of a certificate: give --client-cert FILE.");
    }

    private (TokenProvider Token, bool IsRenewable) ReadToken(ParseResult parsed)
    {
        if (parsed.GetValue(_token) is { } token)
        {
            return (Fixed(token, "--token"), false);
        }

        if (parsed.GetValue(_tokenFile) is { } file)
        {
            return (OfFile(file), true);
        }

        return Environment.GetEnvironmentVariable("REALTIME_TOKEN") is { Length: > 0 } fromEnvironment
            ? (Fixed(fromEnvironment, "REALTIME_TOKEN"), false)
            : Environment.GetEnvironmentVariable("REALTIME_TOKEN_FILE") is { Length: > 0 } namedByEnvironment
                ? (OfFile(namedByEnvironment), true)
                : throw Usage(
                    "No token is given. Give --token-file FILE, or set REALTIME_TOKEN or REALTIME_TOKEN_FILE.");
    }

    private static TokenProvider Fixed(string token, string place)
    {
        try
        {
            return FixedToken.Of(token.Trim());
        }
        catch (ArgumentException)
        {
            throw Usage($"{place} holds no token: a token is one line of letters, digits and - . _ ~ +");
        }
    }

    // Read at each attempt, and again and again while the token on an open connection ends: whoever renews tokens only
    // has to replace the file. Read now too, so that a wrong file is told before anything begins.
    private static TokenProvider OfFile(string file)
    {
        const string Where = "Look at --token-file (REALTIME_TOKEN_FILE).";
        if (!File.Exists(file))
        {
            throw Usage($"The token file '{file}' does not exist. {Where}");
        }

        try
        {
            _ = Fixed(File.ReadAllText(file), $"The token file '{file}' (--token-file, REALTIME_TOKEN_FILE)");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Usage($"The token file '{file}' can't be read: {failure.Message} {Where}");
        }

        return async (_, cancellationToken) => (await File.ReadAllTextAsync(file, cancellationToken)).Trim();
    }

    private static string? Given(string? option, string variable) =>
        option ?? (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null);

    private static CliException Usage(string message) => new(message, ExitCodes.Usage);
}
