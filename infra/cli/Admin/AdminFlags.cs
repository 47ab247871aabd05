using System.CommandLine;
using Realtime.Cli.Connections;

namespace Realtime.Cli.Admin;

/// <summary>Options that all commands of operators have. An option wins over its variable.</summary>
internal sealed class AdminFlags
{
    private readonly Option<string?> _address = new("--admin")
    {
        Description = "The edge's address for operators, such as https://localhost:9443. Else REALTIME_ADMIN.",
        HelpName = "URL",
        Recursive = true,
    };

    private readonly Option<string?> _token = new("--admin-token")
    {
        Description = "The admin token. Others on this machine can see it (`ps`): better --admin-token-file or "
            + "REALTIME_ADMIN_TOKEN.",
        HelpName = "TOKEN",
        Recursive = true,
    };

    private readonly Option<string?> _tokenFile = new("--admin-token-file")
    {
        Description = "File that holds the admin token.",
        HelpName = "FILE",
        Recursive = true,
    };

    private readonly Option<string?> _authority = new("--ca")
    {
        Description = "PEM file of a self-made certificate (or its authority) to trust. Else REALTIME_CA.",
        HelpName = "FILE",
        Recursive = true,
    };

    private readonly Option<bool> _json = new("--json")
    {
        Description = "The answer as the edge gave it.",
        Recursive = true,
    };

    /// <summary>Gives a command, and those below it, these options.</summary>
    public void AddTo(Command command)
    {
        command.Add(_address);
        command.Add(_token);
        command.Add(_tokenFile);
        command.Add(_authority);
        command.Add(_json);
    }

    public bool IsJson(ParseResult parsed) => parsed.GetValue(_json);

    /// <summary>Reads them.</summary>
    /// <exception cref="CliException">Something is missing, or wrong: the message says what to give.</exception>
    public AdminSettings Read(ParseResult parsed)
    {
        string address = parsed.GetValue(_address) ?? Variable("REALTIME_ADMIN")
            ?? throw Usage("No edge is named. Give --admin https://HOST:9443, or set REALTIME_ADMIN.");
        bool isAddress = Uri.TryCreate(address, UriKind.Absolute, out Uri? uri)
            && uri.Scheme is "https" && uri is { PathAndQuery: "/", UserInfo: "" };
        if (!isAddress)
        {
            throw Usage("--admin (REALTIME_ADMIN) must be https://HOST[:PORT], without user, password, path or query.");
        }

        string? authority = parsed.GetValue(_authority) ?? Variable("REALTIME_CA");
        return new AdminSettings
        {
            Address = uri!,
            Token = ReadToken(parsed),
            TrustedCertificate = authority is null ? null : CertificateFile.Read(authority),
        };
    }

    private string ReadToken(ParseResult parsed)
    {
        string? token = parsed.GetValue(_token)
            ?? (parsed.GetValue(_tokenFile) is { } file ? ReadFile(file) : Variable("REALTIME_ADMIN_TOKEN"));
        token = token?.Trim();
        if (string.IsNullOrEmpty(token))
        {
            throw Usage("No admin token is given. Give --admin-token-file FILE, or set REALTIME_ADMIN_TOKEN.");
        }

        return token.All(one => one is > ' ' and <= '~')
            ? token
            : throw Usage("The admin token must be one line of ASCII characters without blanks.");
    }

    private static string ReadFile(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Usage($"The token file '{file}' can't be read: {failure.Message} Look at --admin-token-file.");
        }
    }

    private static string? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static CliException Usage(string message) => new(message, ExitCodes.Usage);
}
