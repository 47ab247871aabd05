namespace Realtime.Hosting.Configuration;

/// <summary>An options record that this process uses.</summary>
internal sealed record OptionsRegistration(Type Type);
