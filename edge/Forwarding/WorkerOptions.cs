using System.ComponentModel.DataAnnotations;
using Realtime.Protocol;

namespace Realtime.Edge.Forwarding;

/// <summary>One worker of the static list.</summary>
internal sealed record WorkerOptions : IValidatableObject
{
    /// <summary>Its name, unique among the workers. Affinity hangs on it: a worker that moves keeps its id.</summary>
    [ConfigurationKeyName("id"), Required]
    public string Id { get; init; } = "";

    /// <summary>Its base address, such as <c>http://10.0.0.7:8080</c>.</summary>
    [ConfigurationKeyName("address"), Required]
    public string Address { get; init; } = "";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!EntityName.IsValid(Id))
        {
            yield return new($"must be {EntityName.Rule}", [nameof(Id)]);
        }

        bool isBase = Uri.TryCreate(Address, UriKind.Absolute, out Uri? uri)
            && uri.Scheme is "http" or "https"
            && uri.PathAndQuery == "/"
            && uri.UserInfo.Length == 0;
        if (!isBase)
        {
            yield return new("must be http:// or https://, a host and a port, and nothing behind", [nameof(Address)]);
        }
    }
}
