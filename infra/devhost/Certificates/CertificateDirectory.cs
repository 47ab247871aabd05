namespace Realtime.Devhost.Certificates;

/// <summary>
/// Where this user's devhosts share one self-made certificate, so that what was told to trust it once goes on to work.
/// The edge makes it, and makes it anew when it is absent, damaged or about to expire.
/// </summary>
internal static class CertificateDirectory
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>
    /// The user's data directory, such as <c>~/.local/share/realtime</c>; one of this run alone if there is none.
    /// </summary>
    public static string Find()
    {
        string data = Environment.GetFolderPath(
            Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        if (data.Length > 0)
        {
            try
            {
                string directory = Path.Combine(data, "realtime");
                if (OperatingSystem.IsWindows())
                {
                    Directory.CreateDirectory(directory);
                }
                else
                {
                    Directory.CreateDirectory(directory, OwnerOnly);
                }

                return directory;
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // A home that can't be written, as in many containers.
            }
        }

        return Directory.CreateTempSubdirectory("realtime-").FullName;
    }
}
