namespace Realtime.Devhost.Demo.Plans;

/// <summary>A small project, so that there is something real to build.</summary>
internal static class SampleProject
{
    // No package references: it restores without a network. An own Directory.Build.props stops the search for others.
    private const string Project = """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <Nullable>enable</Nullable>
            <ImplicitUsings>enable</ImplicitUsings>
            <UseAppHost>false</UseAppHost>
          </PropertyGroup>
        </Project>
        """;

    private const string Greeter = """
        namespace Sample;

        public static class Greeter
        {
            public static string Greet(string name) => $"Hello, {name}!";

            public static int LengthOf(string? name) => name.Length; // CS8602, a warning worth showing
        }
        """;

    private const string Whole = """Console.WriteLine(Sample.Greeter.Greet("viewer"));""";
    private const string Broken = """Console.WriteLine(Sample.Greeter.Greet(42));""";

    /// <summary>Writes the project's files.</summary>
    /// <param name="directory">Where to.</param>
    /// <param name="compiles">Whether it will compile: viewers should see what it looks like if not.</param>
    public static void Write(string directory, bool compiles)
    {
        File.WriteAllText(Path.Combine(directory, "Directory.Build.props"), "<Project />");
        File.WriteAllText(Path.Combine(directory, "Sample.csproj"), Project);
        File.WriteAllText(Path.Combine(directory, "Greeter.cs"), Greeter);
        File.WriteAllText(Path.Combine(directory, "Program.cs"), compiles ? Whole : Broken);
    }
}
