using System.ComponentModel.DataAnnotations;

namespace Realtime.Hosting.Configuration;

/// <summary>
/// Whether the process is for development (<c>connection_plane:development</c>), as the rules of options see it.
/// </summary>
public static class DevelopmentMode
{
    internal const string Key = ConnectionPlaneOptions.Section + ":development";

    /// <summary>Whether it is; false where options are validated outside of a configuration.</summary>
    public static bool IsOn(ValidationContext context) =>
        context.Items.TryGetValue(Key, out object? isOn) && isOn is true;
}
