using System.CommandLine;
using Realtime.Cli.Arguments;
using Realtime.Cli.Terminals;
using Realtime.Hosting.Identity;
using Realtime.Protocol;

namespace Realtime.Cli.Tokens;

/// <summary><c>realtime token</c>: makes a token for development. The key is never given on the command line.</summary>
internal sealed class TokenCommand
{
    public const string Examples = """

        For development: production tokens come from an identity provider. The key is the server's (HS256, at least 32
        bytes), from --key-file or REALTIME_SIGNING_KEY; it is no option, since others on this machine could see it.

        Examples:
          realtime token --key-file signing.key
          realtime token --key-file signing.key --tenant acme --subject ci --scope 'publish:*' --ttl 1h
          realtime token --key-file signing.key --scope 'read:agents/a* read:terminal/*' > viewer.token
        """;

    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromHours(12);

    private readonly Option<string?> _keyFile = new("--key-file")
    {
        Description = "File that holds the signing key; - = standard input. Else REALTIME_SIGNING_KEY.",
        HelpName = "FILE",
    };

    private readonly Option<string> _tenant = Text("--tenant", "The tenant.", "demo");
    private readonly Option<string> _subject = Text("--subject", "Who it is for.", "developer");
    private readonly Option<string> _scope = Text("--scope", "Grants, separated by spaces.", "read:* publish:*");
    private readonly Option<string> _audience = Text("--audience", "The audience.", "authenticated");
    private readonly Option<string?> _issuer = new("--issuer") { Description = "The issuer.", HelpName = "TEXT" };
    private readonly Option<TimeSpan> _lifetime = Flag.OfDuration("--ttl", "How long it is valid.", DefaultLifetime);

    public TokenCommand()
    {
        Command = new Command("token", "Make a token for development.")
        {
            _keyFile, _tenant, _subject, _scope, _audience, _issuer, _lifetime,
        };
        _tenant.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var name }] && !EntityName.IsValid(name))
            {
                result.AddError($"--tenant must be {EntityName.Rule}, but is '{name}'.");
            }
        });
        _lifetime.Validators.Add(result =>
        {
            // JWTs count in seconds: less would have ended before it is printed.
            if (result.Tokens is [{ Value: var text }] && DurationText.TryParse(text, out TimeSpan lifetime)
                && lifetime < TimeSpan.FromSeconds(1))
            {
                result.AddError($"--ttl must be 1s or more, but is '{text}'.");
            }
        });
    }

    public Command Command { get; }

    /// <summary>Runs it.</summary>
    public async Task<int> RunAsync(CommandContext context)
    {
        ParseResult parsed = context.Parsed;
        string key = await ReadKeyAsync(parsed.GetValue(_keyFile));
        TokenMinter minter;
        try
        {
            minter = new TokenMinter(key, context.Clock);
        }
        catch (ArgumentException)
        {
            throw new CliException(
                "The signing key has less than 32 bytes. Give the whole key, by --key-file or REALTIME_SIGNING_KEY.",
                ExitCodes.Usage);
        }

        await context.Output.WriteLineAsync(minter.Mint(
            parsed.GetValue(_tenant)!, parsed.GetValue(_subject)!, parsed.GetValue(_scope)!,
            Flag.ValueOr(parsed, _lifetime, DefaultLifetime), parsed.GetValue(_audience)!, parsed.GetValue(_issuer)));
        return ExitCodes.Ok;
    }

    private static Option<string> Text(string name, string description, string fallback) => new(name)
    {
        Description = description,
        HelpName = "TEXT",
        DefaultValueFactory = _ => fallback,
    };

    private static async Task<string> ReadKeyAsync(string? file)
    {
        if (file is null)
        {
            return Environment.GetEnvironmentVariable("REALTIME_SIGNING_KEY") is { Length: > 0 } key
                ? key.Trim()
                : throw new CliException(
                    "No signing key is given. Give --key-file FILE, or set REALTIME_SIGNING_KEY.", ExitCodes.Usage);
        }

        try
        {
            using var reader = new StreamReader(
                file == "-" ? new DescriptorStream(Descriptor.StandardInput) : File.OpenRead(file));
            return (await reader.ReadToEndAsync()).Trim();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CliException(
                $"The key file '{file}' can't be read: {failure.Message} Look at --key-file.", ExitCodes.Usage);
        }
    }
}
