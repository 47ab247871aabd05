using System.ComponentModel.DataAnnotations;
using Realtime.Hosting.Configuration;
using Realtime.Hosting.Identity;

namespace Realtime.Edge.Admin;

/// <summary>Who may operate the edge.</summary>
internal sealed record AdminOptions : IValidatableObject
{
    public const string Section = EdgeOptions.Section;

    /// <summary>The bearer token of the operators, at least 16 characters. This or the file; no default.</summary>
    [ConfigurationKeyName("admin_token")]
    public string? AdminToken { get; init; }

    /// <summary>
    /// File that holds such tokens, 1 to 5, one a line; white space around them is dropped, and all are accepted. Read
    /// again when it changes; replace it by renaming another onto it.
    /// </summary>
    [ConfigurationKeyName("admin_token_file")]
    public string? AdminTokenFile { get; init; }

    /// <summary>
    /// How long a worker may take to answer what an operator asks of it (100 ms to 1 min; default 2 s); an answer about
    /// several workers names those that did not.
    /// </summary>
    [ConfigurationKeyName("admin_worker_timeout"), DurationRange("100ms", "1m")]
    public TimeSpan WorkerTimeout { get; init; } = TimeSpan.FromSeconds(2);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (AdminToken is null == AdminTokenFile is null)
        {
            yield return new(
                "must be set here or by admin_token_file, one of both; make one with: openssl rand -hex 32",
                [nameof(AdminToken)]);
        }

        if (AdminToken is { Length: < BearerTokens.LengthMin })
        {
            yield return new(
                $"must have at least {BearerTokens.LengthMin} characters; make one with: openssl rand -hex 32",
                [nameof(AdminToken)]);
        }
        else if (AdminToken is not null && !DevelopmentMode.IsOn(validationContext)
            && PublicSecrets.Contains(AdminToken))
        {
            yield return new($"{PublicSecrets.Rule}; {PublicSecrets.Cure}", [nameof(AdminToken)]);
        }

        if (AdminTokenFile is not null && !File.Exists(AdminTokenFile))
        {
            yield return new("must be a readable file; create it, or correct the path", [nameof(AdminTokenFile)]);
        }
    }
}
