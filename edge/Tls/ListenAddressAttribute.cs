using System.ComponentModel.DataAnnotations;

namespace Realtime.Edge.Tls;

/// <summary>The rule of <see cref="ListenAddress"/>, for an option.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ListenAddressAttribute(string scheme = ListenAddress.Https) : ValidationAttribute
{
    public string Scheme => scheme;

    public override bool IsValid(object? value) =>
        value is null || (value is string text && ListenAddress.TryParse(text, out _, scheme));

    public override string FormatErrorMessage(string name) => ListenAddress.Rule(scheme);
}
