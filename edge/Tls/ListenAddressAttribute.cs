using System.ComponentModel.DataAnnotations;

namespace Realtime.Edge.Tls;

/// <summary>The rule of <see cref="ListenAddress"/>, for an option.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ListenAddressAttribute : ValidationAttribute
{
    public override bool IsValid(object? value) => value is string text && ListenAddress.TryParse(text, out _);

    public override string FormatErrorMessage(string name) => ListenAddress.Rule;
}
