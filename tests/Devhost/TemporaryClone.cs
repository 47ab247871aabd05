using Realtime.Tests.Support;

namespace Realtime.Tests.Devhost;

/// <summary>
/// A folder of the source tree as somebody has it who just cloned it: without what was built or installed.
/// </summary>
internal sealed class TemporaryClone : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("realtime-clone-");

    public TemporaryClone(string folder)
    {
        string source = System.IO.Path.Combine(Repository.Root, folder);
        foreach (string file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            string name = Repository.Show(file);
            if (!name.Split('/').Any(part => part is "node_modules" or "dist" or "dist-conformance"))
            {
                string copy = System.IO.Path.Combine(Path, name);
                Directory.CreateDirectory(System.IO.Path.GetDirectoryName(copy)!);
                File.Copy(file, copy);
            }
        }
    }

    /// <summary>Stands for the tree's root.</summary>
    public string Path => _directory.FullName;

    public void Dispose() => _directory.Delete(recursive: true);
}
